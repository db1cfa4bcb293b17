import { act, cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { Wall, WallCard } from '@/types';
import { isNight, pagesOf, timeWords } from './wall-words';
import { WallScreen } from './WallScreen';

const NOW = Date.parse('2026-11-20T15:42:00Z');
const ZONE = 'America/New_York';
const card: WallCard = {
  id: 'c1',
  status: 'IN_PROGRESS',
  start: '2026-11-20T14:00:00Z',
  statusSince: '2026-11-20T14:30:00Z',
  promisedAt: '2026-11-20T15:02:00Z',
  keyTag: '14',
  plateTail: '4821',
  vehicle: '2019 Toyota Corolla',
  job: 'Oil change +2',
  techName: 'Luis',
  bayName: 'Bay 2',
  isWaiting: false,
  stage: 'approval',
};
const wall: Wall = {
  locationName: 'Brooklyn',
  timezone: ZONE,
  opensAt: '08:00',
  closesAt: '18:00',
  columns: [
    { key: 'SCHEDULED', title: 'Scheduled', cards: [] },
    { key: 'IN_PROGRESS', title: 'In progress', cards: [card] },
    { key: 'READY', title: 'Ready', cards: [] },
  ],
};

let respond: () => Promise<Response>;
const ok = (body: unknown) => Promise.resolve(new Response(JSON.stringify(body), { status: 200, headers: { Date: new Date().toUTCString() } }));

beforeEach(() => {
  vi.stubGlobal('fetch', () => respond());
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe = (): void => undefined;
      disconnect = (): void => undefined;
    },
  );
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('the wall', () => {
  it('says within ten seconds that it is cut off, and since when', async () => {
    vi.useFakeTimers({ now: NOW });
    respond = () => ok(wall);
    render(<WallScreen />);
    await act(() => vi.advanceTimersByTimeAsync(100));
    expect(screen.getByText('Live')).toBeInTheDocument();
    expect(screen.getByText('Key 14')).toBeInTheDocument();
    expect(screen.getByText('40 min late')).toBeInTheDocument();
    expect(screen.getByText('Waits for approval')).toBeInTheDocument();
    respond = () => Promise.reject(new TypeError('cut off'));
    await act(() => vi.advanceTimersByTimeAsync(10_000));
    expect(screen.getByRole('alert')).toHaveTextContent('DISCONNECTED since 10:42 AM');
    expect(screen.queryByText('Live')).not.toBeInTheDocument();
    respond = () => ok(wall);
    await act(() => vi.advanceTimersByTimeAsync(4_000));
    expect(screen.queryByRole('alert')).not.toBeInTheDocument();
  });

  it('asks for a code where it is not paired, and says why one is refused', async () => {
    respond = () => Promise.resolve(new Response('{}', { status: 401 }));
    render(<WallScreen />);
    const user = userEvent.setup();
    const code = await screen.findByRole('textbox', { name: 'Code' });
    await user.type(code, 'ab{Enter}');
    expect(screen.getByRole('alert')).toHaveTextContent('Type the eight letters and numbers.');
    respond = () => Promise.resolve(new Response('{}', { status: 422 }));
    await user.type(code, 'cd-efgh{Enter}');
    expect(await screen.findByText(/^No device waits for this code/)).toBeInTheDocument();
    respond = () => ok(wall);
    await user.keyboard('{Enter}');
    expect(await screen.findByText('Brooklyn')).toBeInTheDocument();
  });

  it('tells the time that matters in each column', () => {
    expect(timeWords({ ...card, status: 'SCHEDULED' }, NOW, ZONE).words).toBe('At 9:00 AM');
    expect(timeWords({ ...card, status: 'READY' }, NOW, ZONE).words).toBe('Ready since 9:30 AM');
    expect(timeWords({ ...card, status: 'READY', statusSince: '2026-11-19T14:30:00Z' }, NOW, ZONE).words).toBe('Ready for 25 h');
  });

  it('is dim at night and never during the day', () => {
    const at = (time: string): boolean => isNight(wall, Date.parse(`2026-11-20T${time}:00Z`));
    expect([at('11:59'), at('12:00'), at('23:59'), at('00:01')]).toEqual([true, false, false, true]);
  });

  it('turns pages only where there is more than fits', () => {
    expect([pagesOf(0, 5), pagesOf(5, 5), pagesOf(6, 5)]).toEqual([1, 1, 2]);
  });
});
