import type { DrawerTab } from '@/contexts/AppointmentContext';

/** Where in the drawer a template's value is filled in. */
export function fieldPlace(variable: string): { tab: DrawerTab } {
  return { tab: variable === 'total' || variable === 'balance' ? 'services' : 'overview' };
}
