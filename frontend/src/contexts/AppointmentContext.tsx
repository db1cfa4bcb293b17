import type { ReactNode } from 'react';
import { createContext, use, useEffect, useMemo, useRef } from 'react';
import { useLocation, useNavigate } from 'react-router';
import type { ParamChanges } from '@/lib/url-state';
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

/** Marks the entry of the history that opening made: closing goes back from it, so that no second one like the first is left. */
export const OPENED = { opened: true };

/** Which appointment is open, in which tab: kept in the address (`?open=…&tab=…`), so that a link reproduces it. */
export function AppointmentProvider({ children }: { children: ReactNode }) {
  const { params, set } = useUrlState();
  const openId = params.get('open');
  const isCreating = params.get('new') === '1';
  const tab = DRAWER_TABS.find((one) => one === params.get('tab')) ?? 'overview';

  const { key, state: mark } = useLocation() as { key: string; state: Partial<typeof OPENED> | null };
  const navigate = useNavigate();
  const here = useRef({ key, isOpened: false, isOpen: false, navigate });
  useEffect(() => {
    here.current = { key, isOpened: mark?.opened === true, isOpen: openId !== null || isCreating, navigate };
  });
  const left = useRef<string | null>(null);

  const state = useMemo(() => ({ openId, tab, isCreating }), [openId, tab, isCreating]);
  const actions = useMemo<OpenActions>(() => {
    /** A layer's own entry is left by going back; one that a link brought has nothing of ours below it. */
    const leave = (changes: ParamChanges): void => {
      const { key: entry, isOpened, navigate: go } = here.current;
      if (!isOpened) set(changes);
      // Going back takes a moment: a second press must not go further.
      else if (left.current !== entry) {
        left.current = entry;
        void go(-1);
      }
    };
    /** Over what is open already nothing is pushed: closing closes both. */
    const push = (changes: ParamChanges): void => set(changes, here.current.isOpen ? {} : { push: true, mark: OPENED });
    return {
      open: (id, target) => push({ open: id, tab: target && target !== 'overview' ? target : null }),
      setTab: (target) => set({ tab: target === 'overview' ? null : target }),
      replace: (id) => set({ open: id }),
      close: () => leave({ open: null, tab: null }),
      create: (preset = {}) => {
        const named = Object.entries(preset).map(([name, value]) => [`new${name[0]?.toUpperCase()}${name.slice(1)}`, value]);
        push({ new: '1', ...(Object.fromEntries(named) as Record<string, string>) });
      },
      closeCreate: () => leave({ new: null, ...Object.fromEntries(PRESET.map((name) => [name, null])) }),
    };
  }, [set]);
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
