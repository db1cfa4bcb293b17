import type { ReactNode } from 'react';
import { createContext, use, useMemo } from 'react';
import { useUrlState } from '@/lib/url-state';

export const DRAWER_TABS = ['overview', 'services', 'messages', 'inspection', 'payments', 'history'] as const;
export type DrawerTab = (typeof DRAWER_TABS)[number];

interface OpenState {
  /** The appointment in the drawer, or null. */
  openId: string | null;
  tab: DrawerTab;
  /** The new-appointment form is open. */
  isCreating: boolean;
}
interface OpenActions {
  open: (id: string, tab?: DrawerTab) => void;
  setTab: (tab: DrawerTab) => void;
  /** Another appointment in the same drawer; Back does not step through them. */
  replace: (id: string) => void;
  close: () => void;
  /** Opens the form, perhaps with what is known: `{start, techId, bayId, customerId}`. */
  create: (preset?: Record<string, string>) => void;
  closeCreate: () => void;
}

const StateContext = createContext<OpenState>({ openId: null, tab: 'overview', isCreating: false });
const ActionsContext = createContext<OpenActions | null>(null);

const PRESET = ['newStart', 'newEnd', 'newTechId', 'newBayId', 'newCustomerId', 'newVehicleId'] as const;

/** Which appointment is open, in which tab: kept in the address (`?open=…&tab=…`), so that a link reproduces it. */
export function AppointmentProvider({ children }: { children: ReactNode }) {
  const { params, set } = useUrlState();
  const openId = params.get('open');
  const isCreating = params.get('new') === '1';
  const tab = DRAWER_TABS.find((one) => one === params.get('tab')) ?? 'overview';

  const state = useMemo(() => ({ openId, tab, isCreating }), [openId, tab, isCreating]);
  const actions = useMemo<OpenActions>(
    () => ({
      open: (id, target) => set({ open: id, tab: target && target !== 'overview' ? target : null }, { push: true }),
      setTab: (target) => set({ tab: target === 'overview' ? null : target }),
      replace: (id) => set({ open: id }),
      close: () => set({ open: null, tab: null }),
      create: (preset = {}) => {
        const named = Object.entries(preset).map(([name, value]) => [`new${name[0]?.toUpperCase()}${name.slice(1)}`, value]);
        set({ new: '1', ...(Object.fromEntries(named) as Record<string, string>) }, { push: true });
      },
      closeCreate: () => set({ new: null, ...Object.fromEntries(PRESET.map((name) => [name, null])) }),
    }),
    [set],
  );
  return (
    <ActionsContext value={actions}>
      <StateContext value={state}>{children}</StateContext>
    </ActionsContext>
  );
}

export function useOpenAppointment(): OpenState {
  return use(StateContext);
}
export function useAppointmentActions(): OpenActions {
  const actions = use(ActionsContext);
  if (!actions) throw new Error('useAppointmentActions outside AppointmentProvider');
  return actions;
}
