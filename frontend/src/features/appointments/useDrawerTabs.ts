import type { DrawerTab } from '@/contexts/AppointmentContext';
import { DRAWER_TABS, useAppointmentActions, useOpenAppointment } from '@/contexts/AppointmentContext';
import { useSession } from '@/contexts/SessionContext';
import { leaveField } from '@/lib/leave-field';
import type { Flags } from '@/types';

const FLAGS: Partial<Record<DrawerTab, keyof Flags>> = { messages: 'messaging', inspection: 'inspections', payments: 'payments' };

/** The drawer's tabs that the shop uses, and which one is open; going to another one saves what is being typed. */
export function useDrawerTabs(): { tabs: readonly DrawerTab[]; tab: DrawerTab; setTab: (tab: DrawerTab) => void } {
  const { flags } = useSession().me;
  const wanted = useOpenAppointment().tab;
  const actions = useAppointmentActions();
  const tabs = DRAWER_TABS.filter((key) => {
    const flag = FLAGS[key];
    return flag === undefined || flags[flag];
  });
  return {
    tabs,
    tab: tabs.includes(wanted) ? wanted : 'overview',
    setTab: (target) => {
      leaveField();
      actions.setTab(target);
    },
  };
}
