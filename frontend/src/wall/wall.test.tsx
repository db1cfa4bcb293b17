import { act, cleanup, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { Wall, WallCard } from '@/types';
import { pagesOf, turnsOf } from './views';
import { steadied } from './wall-feed';
import { isNight, timeWords } from './wall-words';
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
    respond = () => Promise.resolve(new Response('{"code":"pairing_code_other_kind"}', { status: 422 }));
    await user.keyboard('{Enter}');
    expect(await screen.findByText(/^This is a tablet’s code. Open \/tech/)).toBeInTheDocument();
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

  it('stands still where everything fits', () => {
    expect([pagesOf(0, 5), pagesOf(5, 5), pagesOf(6, 5)]).toEqual([1, 1, 2]);
    expect(turnsOf(wall, 5).map(({ view }) => view)).toEqual(['board']);
  });

  it('shows stages, technicians and the day in turn where more cars are here than fit, each car in each', () => {
    const at = (n: number): WallCard => ({
      ...card,
      id: `c${n}`,
      keyTag: String(n),
      status: n % 2 ? 'IN_PROGRESS' : 'SCHEDULED',
      start: `2026-11-20T${10 + n}:00:00Z`,
      promisedAt: `2026-11-20T${10 + n}:30:00Z`,
      techName: [null, 'Luis', 'Ana', 'Mei'][n % 4] ?? null,
    });
    const cards = Array.from({ length: 9 }, (_, n) => at(n));
    const busy: Wall = { ...wall, columns: wall.columns.map((column) => ({ ...column, cards: cards.filter((one) => one.status === column.key) })) };
    const turns = turnsOf(busy, 2);
    expect([...new Set(turns.map(({ view }) => view))]).toEqual(['board', 'technicians', 'today']);
    for (const view of ['board', 'technicians', 'today'] as const) {
      const own = turns.filter((one) => one.view === view);
      expect(own.every(({ lists, page, pages }, index) => lists.length <= 3 && page === index && pages === own.length && lists.every((list) => list.cards.length <= 2))).toBe(true);
      expect(new Set(own.flatMap(({ lists }) => lists.flatMap((list) => list.cards.map((one) => one.id)))).size).toBe(9);
    }
    const [first] = turns.filter(({ view }) => view === 'today');
    expect(first?.lists.flatMap((list) => list.cards.map((one) => one.keyTag))).toEqual(['0', '1', '2', '3', '4', '5']);
    expect(turns.filter(({ view }) => view === 'technicians').flatMap(({ lists }) => lists.map(({ key }) => key))).toEqual(['Ana', 'Luis', 'Mei', null, null]);
  });

  it('keeps its clock while answers tell it in whole seconds and come late, and follows one that is set anew', () => {
    const shown = (ahead: number) => ({ state: 'shown', wall, confirmedAt: NOW, ahead }) as const;
    expect([-900, 400, 1_500].map((ahead) => steadied(shown(ahead), shown(0)))).toEqual([shown(0), shown(0), shown(0)]);
    expect(steadied(shown(3_600_000), shown(0))).toEqual(shown(3_600_000));
    expect(steadied(shown(5), { state: 'unpaired' })).toEqual(shown(5));
  });

  it('turns by itself, for who asked that nothing moves too, and never without a late car or a heading', async () => {
    const many = Array.from({ length: 12 }, (_, n): WallCard => ({ ...card, id: `c${n}`, keyTag: String(n), promisedAt: n === 11 ? card.promisedAt : null, techName: 'Luis' }));
    const busy: Wall = { ...wall, columns: wall.columns.map((column) => (column.key === 'IN_PROGRESS' ? { ...column, cards: many } : column)) };
    // In the middle of a turn, whatever its clock is ahead.
    vi.useFakeTimers({ now: Math.ceil(NOW / 12_000) * 12_000 + 6_000 });
    vi.stubGlobal('matchMedia', () => ({ matches: true }));
    respond = () => ok(busy);
    render(<WallScreen />);
    const seen = new Set<string | null>();
    const cars = new Set<string | null>();
    for (let turn = 0; turn < 8; turn += 1) {
      await act(() => vi.advanceTimersByTimeAsync(12_000));
      seen.add(screen.getByRole('main').getAttribute('aria-label'));
      within(screen.getByRole('main')).getAllByText(/^Key /).forEach(({ textContent }) => cars.add(textContent));
      expect(within(screen.getByRole('region', { name: 'Late cars' })).getByText('Key 11')).toBeInTheDocument();
      for (const heading of screen.getAllByRole('heading', { level: 2 })) expect(heading.textContent.trim()).not.toBe('');
      if (screen.getByRole('main').getAttribute('aria-label') === 'Cars by technician') expect(screen.queryByText(/Luis ·/)).not.toBeInTheDocument();
    }
    expect([...seen].sort()).toEqual(['Cars by stage', 'Cars by technician', 'Today in order']);
    expect(cars.size).toBe(12);
  });
});
