import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen } from '@testing-library/react';
import { MemoryRouter } from 'react-router';
import { SessionProvider } from '@/contexts/SessionContext';
import { meKeys } from '@/lib/query-keys';
import { meAs, renderSignedIn } from '@/testing/render-signed-in';
import type { Role } from '@/types';
import { RequirePermission } from './RequirePermission';

function show(onTablet: boolean, { role = 'Tech', isOff = false }: { role?: Role; isOff?: boolean } = {}): void {
  const client = new QueryClient();
  const me = meAs(role);
  client.setQueryData(meKeys.all, { ...me, permissions: isOff ? [...me.permissions, ...(role === 'Owner' ? ['settings:manage' as const] : [])] : [], flags: { ...me.flags, messaging: !isOff }, onTablet });
  render(
    <QueryClientProvider client={client}>
      <MemoryRouter>
        <SessionProvider>
          <RequirePermission permission="board:view" flag="messaging" />
        </SessionProvider>
      </MemoryRouter>
    </QueryClientProvider>,
  );
}

it('says what a PIN opens, with the ways to one’s jobs and to a password', () => {
  show(true);
  expect(screen.getByRole('heading', { name: 'A PIN opens your own jobs only' })).toBeVisible();
  expect(screen.getByRole('link', { name: 'To my jobs' })).toHaveAttribute('href', '/tech');
  expect(screen.getByRole('link', { name: 'Sign in with a password' })).toHaveAttribute('href', '/login');
});

it('names the role of whoever signed in with a password', () => {
  show(false);
  expect(screen.getByText(/You are signed in as Tech/)).toBeVisible();
});

it('says of what is switched off that nothing is lost, and to an Owner where to switch it on', () => {
  show(false, { isOff: true });
  expect(screen.getByRole('heading', { name: 'This is switched off' })).toBeVisible();
  expect(screen.getByText(/An Owner can switch it on again/)).toBeVisible();
  cleanup();
  show(false, { isOff: true, role: 'Owner' });
  expect(screen.getByText(/“Switches”, in the menu/)).toBeVisible();
});

it('says by whom texting was switched off, in the place of its pages', () => {
  const switchedOff = [{ name: 'messaging' as const, by: 'Olivia Park', since: '2026-03-02T19:10:00Z', reason: 'Wrong street' }];
  renderSignedIn(<RequirePermission permission="board:view" flag="messaging" />, { role: 'Advisor', flags: { messaging: false }, switchedOff });
  expect(screen.getByRole('heading', { name: 'Texting is switched off' })).toBeVisible();
  expect(screen.getByText(/By Olivia Park since/)).toBeVisible();
});
