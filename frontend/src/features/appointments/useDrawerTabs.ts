import type { DrawerTab } from '@/contexts/AppointmentContext';
import { DRAWER_TABS, useAppointmentActions, useOpenAppointment } from '@/contexts/AppointmentContext';
import { useSession } from '@/contexts/SessionContext';
import { leaveField } from '@/lib/leave-field';
import type { Flags } from '@/types';

const FLAGS: Partial<Record<DrawerTab, keyof Flags>> = { messages: 'messaging', inspection: 'inspections', payments: 'payments' };

/** The drawer's tabs that the shop uses and the person may see, and which one is open; going to another one saves what is being typed. */
export function useDrawerTabs(): { tabs: readonly DrawerTab[]; tab: DrawerTab; setTab: (tab: DrawerTab) => void } {
  const { me, can } = useSession();
  const wanted = useOpenAppointment().tab;
  const actions = useAppointmentActions();
  const tabs = DRAWER_TABS.filter((key) => {
    const flag = FLAGS[key];
    if (key === 'payments' && !can('money:view')) return false;
    return flag === undefined || me.flags[flag];
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
