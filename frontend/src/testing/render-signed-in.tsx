import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render } from '@testing-library/react';
import type { ReactElement } from 'react';
import { MemoryRouter } from 'react-router';
import { Announcer } from '@/components/ui/Announcer';
import { Toasts } from '@/components/ui/Toasts';
import { AppointmentProvider } from '@/contexts/AppointmentContext';
import { LocationProvider } from '@/contexts/LocationContext';
import { SessionProvider } from '@/contexts/SessionContext';
import { meKeys } from '@/lib/query-keys';
import type { Flags, Me, Permission, Role } from '@/types';

const RIGHTS: Record<Role, Permission[]> = {
  Owner: ['appointment:complete', 'appointment:edit', 'appointment:move', 'appointment:overbook', 'appointment:reopen', 'appointment:view', 'board:view', 'customer:edit', 'customer:view', 'money:view', 'user:list', 'user:manage'],
  Advisor: ['appointment:complete', 'appointment:edit', 'appointment:move', 'appointment:reopen', 'appointment:view', 'board:view', 'customer:edit', 'customer:view', 'money:view', 'user:list'],
  Tech: ['appointment:move', 'appointment:view', 'board:view', 'customer:view', 'user:list'],
  Accountant: ['customer:view', 'money:view', 'user:list'],
};

export const BROOKLYN = { id: 'brooklyn', name: 'Brooklyn', timezone: 'America/New_York' };
export const MESA = { id: 'mesa', name: 'Mesa', timezone: 'America/Phoenix' };

export function meAs(role: Role): Me {
  return {
    user: { id: `user-${role}`, name: 'Olivia Park', email: 'olivia@example.com', role },
    permissions: RIGHTS[role],
    onTablet: false,
    hasPin: false,
    flags: { messaging: true, payments: true, paymentsOnline: false, inspections: true, commandPalette: true, brandTheming: true },
    switchedOff: [],
    locations: [BROOKLYN, MESA],
    brand: { name: 'Keytag', color: '#1D4ED8' },
    version: 'test',
  };
}

interface SignedIn {
  role?: Role;
  at?: string;
  flags?: Partial<Flags>;
  /** Rights beside those that every test needs. */
  also?: Permission[];
  switchedOff?: Me['switchedOff'];
}

/** Renders below everything that a signed-in page stands on; the server is for the test to play at the network. */
export function renderSignedIn(page: ReactElement, { role = 'Owner', at = '/', flags = {}, also = [], switchedOff = [] }: SignedIn = {}) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false }, mutations: { retry: false } } });
  const me = meAs(role);
  client.setQueryData(meKeys.all, { ...me, permissions: [...me.permissions, ...also], flags: { ...me.flags, ...flags }, switchedOff });
  return render(
    <QueryClientProvider client={client}>
      <MemoryRouter initialEntries={[at]}>
        <SessionProvider>
          <LocationProvider fallback={null}>
            <AppointmentProvider>
              {page}
              <Announcer />
              <Toasts />
            </AppointmentProvider>
          </LocationProvider>
        </SessionProvider>
      </MemoryRouter>
    </QueryClientProvider>,
  );
}
