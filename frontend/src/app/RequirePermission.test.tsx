import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, screen } from '@testing-library/react';
import { MemoryRouter } from 'react-router';
import { SessionProvider } from '@/contexts/SessionContext';
import { meKeys } from '@/lib/query-keys';
import { meAs } from '@/testing/render-signed-in';
import { RequirePermission } from './RequirePermission';

function show(onTablet: boolean): void {
  const client = new QueryClient();
  client.setQueryData(meKeys.all, { ...meAs('Tech'), permissions: [], onTablet });
  render(
    <QueryClientProvider client={client}>
      <MemoryRouter>
        <SessionProvider>
          <RequirePermission permission="board:view" />
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
