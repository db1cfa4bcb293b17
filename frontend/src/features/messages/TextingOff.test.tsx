import { cleanup, screen } from '@testing-library/react';
import { renderSignedIn } from '@/testing/render-signed-in';
import { TextingOff, TextingOffPage } from './TextingOff';

const switchedOff = [{ name: 'messaging' as const, by: 'Olivia Park', since: '2026-03-02T19:10:00Z', reason: 'Wrong street' }];
beforeEach(() => vi.useFakeTimers({ now: new Date('2026-03-02T20:00:00Z'), toFake: ['Date'] }));
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

it('says by whom texting is off, since when and why, with the way to the switch for who may use it', () => {
  renderSignedIn(<TextingOff />, { role: 'Advisor', switchedOff });
  expect(screen.getByRole('status', { name: '' })).toHaveTextContent('Texting is switched off by Olivia Park since 2:10 PM: “Wrong street”');
  expect(screen.queryByRole('link')).toBeNull();
  cleanup();
  vi.setSystemTime(new Date('2026-03-04T20:00:00Z'));
  renderSignedIn(<TextingOff />, { switchedOff, also: ['settings:manage'] });
  expect(screen.getByText(/since Mon, Mar 2 at 2:10/)).toBeVisible();
  expect(screen.getByRole('link', { name: 'To the switch' })).toHaveAttribute('href', '/settings/switches');
});

it('says nothing while texting is on', () => {
  renderSignedIn(<TextingOff />);
  expect(screen.queryByText(/Texting is/)).toBeNull();
});

it('stands for a whole page of texts', () => {
  renderSignedIn(<TextingOffPage home={<a href="/board">To the start page</a>} />, { role: 'Advisor', switchedOff });
  expect(screen.getByRole('heading', { name: 'Texting is switched off' })).toBeVisible();
  expect(screen.getByText(/What waits is kept/)).toHaveTextContent('By Olivia Park since 2:10 PM: “Wrong street”');
});
