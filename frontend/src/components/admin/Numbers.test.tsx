import { cleanup, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { makeFigure, makeFigureRow, makeStats } from '@/testing/numbers';
import { connect } from '@/lib/events';
import { renderSignedIn } from '@/testing/render-signed-in';
import { Stream } from '@/testing/streams';
import { Numbers } from './Numbers';

const ORIGIN = 'http://localhost:3000';
const revenue = makeFigure('revenue', { value: 90_000, unit: 'cents', count: 2, previous: 60_000 });
const average = makeFigure('averageRepairOrder', { value: 45_000, numerator: 90_000, denominator: 2, count: 2, unit: 'cents' });
let asked: URLSearchParams[] = [];
let answer: () => Response;
let allowance = { limit: 5, remaining: 1, nextAt: null as string | null };

const server = setupServer(
  http.get(`${ORIGIN}/api/admin/dashboard/stats`, ({ request }) => {
    asked.push(new URL(request.url).searchParams);
    return answer();
  }),
  http.get(`${ORIGIN}/api/admin/dashboard/stats/:key/rows`, () => {
    return HttpResponse.json({
      figure: average,
      from: '2026-11-14',
      to: '2026-11-20',
      items: [
        makeFigureRow({ reference: 7, kind: 'issued', value: 120_000, weight: 1 }),
        makeFigureRow({ id: 'r2', appointmentId: null, number: 1043, reference: 8, kind: 'reversed', who: 'Luis Ortiz', value: -30_000, weight: 1 }),
      ],
      nextCursor: null,
    });
  }),
  http.get(`${ORIGIN}/api/admin/dashboard/stats/:key/rows.csv`, () =>
    HttpResponse.json({ code: 'too_many_exports', detail: 'You started 5 exports within an hour. The next one can start in 48 min.' }, { status: 429, headers: { 'Retry-After': '2880' } }),
  ),
  http.get(`${ORIGIN}/api/admin/reports`, () => HttpResponse.json(allowance)),
  http.get(`${ORIGIN}/api/admin/cars-on-premises`, () => HttpResponse.json({ items: [], nextCursor: null })),
  http.get(`${ORIGIN}/api/users`, () => HttpResponse.json({ items: [{ id: 't1', name: 'Marcus Bell' }], nextCursor: null })),
);
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
beforeEach(() => {
  asked = [];
  answer = () => HttpResponse.json(makeStats([revenue, average]));
});
afterEach(() => {
  cleanup();
  server.resetHandlers();
});
afterAll(() => server.close());

describe('the numbers', () => {
  it('open their formula and the rows that add up to them', async () => {
    renderSignedIn(<Numbers />, { also: ['report:view'] });
    const user = userEvent.setup();
    expect(await screen.findByText('As of just now')).toBeInTheDocument();
    await user.click(await screen.findByRole('button', { name: 'Average repair order: $450.00. Show formula and rows' }));
    const sheet = within(await screen.findByRole('dialog', { name: 'Average repair order' }));
    expect(sheet.getByText('How averageRepairOrder is computed.')).toBeInTheDocument();
    expect(sheet.getByText('$900.00 ÷ 2')).toBeInTheDocument();
    const rows = await sheet.findAllByRole('row');
    expect(rows.map((row) => row.textContent)).toEqual([
      'DayWhatAddsDivided by',
      'Sum of 2 rows$900.002',
      'Fri, Nov 20Fri, Nov 20Ana Reyes · 2019 Toyota Corolla#1042 · Invoice 7 · posted$1,200.001',
      'Fri, Nov 20Fri, Nov 20Luis Ortiz#1043 · Invoice 8 · taken back\u2212$300.001',
    ]);
    await user.keyboard('{Escape}');
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
  });

  it('lead who keeps the books from a row to its visit', async () => {
    renderSignedIn(<Numbers />, { role: 'Accountant', also: ['report:view'] });
    await userEvent.setup().click(await screen.findByRole('button', { name: /^Average repair order/ }));
    const sheet = within(await screen.findByRole('dialog', { name: 'Average repair order' }));
    expect(await sheet.findByRole('button', { name: 'Ana Reyes · 2019 Toyota Corolla' })).toBeInTheDocument();
  });

  it('say how many files may be taken, and when the next where there were enough', async () => {
    renderSignedIn(<Numbers />, { also: ['report:view'] });
    const user = userEvent.setup();
    await user.click(await screen.findByRole('button', { name: /^Average repair order/ }));
    expect(await screen.findByText('1 of 5 downloads left this hour')).toBeInTheDocument();
    allowance = { limit: 5, remaining: 0, nextAt: '2026-11-20T20:40:00Z' };
    await user.click(screen.getByRole('button', { name: 'Rows as CSV' }));
    expect(await screen.findByText('The rows of Average repair order could not be downloaded')).toBeInTheDocument();
    expect(screen.getByText('You started 5 exports within an hour. The next one can start in 48 min.')).toBeInTheDocument();
    expect(await screen.findByText(/^At most 5 downloads an hour\. The next one can start at 3:40\sPM\.$/)).toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Rows as CSV' })).toBeDisabled();
  });

  it('are of the days and the technician that the address says', async () => {
    renderSignedIn(<Numbers />, { also: ['report:view'], at: '/numbers?from=2026-09-01&to=2026-09-30' });
    const user = userEvent.setup();
    await screen.findByText('+50% to the 7 days before');
    expect(screen.getByRole('button', { name: /^Revenue/ })).toHaveAccessibleDescription('+50% to the 7 days before');
    expect(asked[0]?.get('from')).toBe('2026-09-01');
    expect(asked[0]?.get('to')).toBe('2026-09-30');
    await user.clear(screen.getByLabelText('First day'));
    await user.type(screen.getByLabelText('First day'), '2020-01-01');
    expect(screen.getByLabelText('Last day')).toHaveAccessibleDescription(/^Choose at most a year\. The numbers are still of Sep 1\D+30\.$/);
    await screen.findByRole('option', { name: 'Marcus Bell' });
    await user.selectOptions(screen.getByRole('combobox', { name: 'Technician' }), 't1');
    await vi.waitFor(() => expect(asked.at(-1)?.get('techId')).toBe('t1'));
    await user.selectOptions(screen.getByRole('combobox', { name: 'Days' }), 'yesterday');
    await vi.waitFor(() => expect(asked.at(-1)?.get('from')).not.toBe('2026-09-01'));
  });

  it('say how things stand now whatever days are chosen', async () => {
    server.use(
      http.get(`${ORIGIN}/api/admin/dashboard/stats`, ({ request }) => {
        const { from, to } = Object.fromEntries(new URL(request.url).searchParams);
        return HttpResponse.json(makeStats([makeFigure('carsOnPremises', { value: from === to ? 5 : 2 }), makeFigure('noShow', { value: from === to ? 5 : 2 })]));
      }),
    );
    renderSignedIn(<Numbers />, { also: ['report:view'], at: '/numbers?days=week' });
    expect(await screen.findByRole('button', { name: /^Cars here: 5\./ })).toBeInTheDocument();
    expect(await screen.findByRole('button', { name: /^No-shows: 2\./ })).toBeInTheDocument();
    expect(screen.getByText(/whatever days are chosen/)).toBeInTheDocument();
  });

  it('are of each location’s own days, which the page says where they are not the same', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-11-20T05:30:00Z') });
    try {
      renderSignedIn(<Numbers />, { also: ['report:view'], at: '/numbers?where=all' });
      expect(await screen.findByText(/^It is another day elsewhere: Mesa .*19/)).toBeInTheDocument();
      await vi.waitFor(() => expect(asked.at(-1)?.get('relativeTo')).toBe('2026-11-20'));
    } finally {
      vi.useRealTimers();
    }
  });

  it('are of all locations for who works at several', async () => {
    renderSignedIn(<Numbers />, { also: ['report:view'], at: '/numbers?tech=t1' });
    const user = userEvent.setup();
    await screen.findByText('As of just now');
    await user.selectOptions(screen.getByRole('combobox', { name: 'Location' }), 'All locations');
    await vi.waitFor(() => expect(asked.at(-1)?.get('allLocations')).toBe('true'));
    expect(asked.at(-1)?.has('locationId')).toBe(false);
    expect(asked.at(-1)?.has('techId')).toBe(false);
    expect(screen.getByRole('combobox', { name: 'Technician' })).toBeDisabled();
    await user.selectOptions(screen.getByRole('combobox', { name: 'Location' }), 'Mesa');
    await vi.waitFor(() => expect(asked.at(-1)?.get('locationId')).toBe('mesa'));
    expect(asked.at(-1)?.has('allLocations')).toBe(false);
  });

  it.each(['appointment', 'inspections', 'figures'] as const)('are asked again within seconds of %s changes, however many follow', async (event) => {
    Stream.all = [];
    vi.stubGlobal('EventSource', Stream);
    const stop = connect('brooklyn');
    renderSignedIn(<Numbers />, { also: ['report:view'] });
    await screen.findByText('As of just now');
    const before = asked.length;
    vi.useFakeTimers();
    for (let second = 0; second < 3; second++) {
      Stream.last.say(event, { id: 'a1' });
      await vi.advanceTimersByTimeAsync(1_000);
    }
    vi.useRealTimers();
    await vi.waitFor(() => expect(asked.length).toBeGreaterThan(before));
    stop();
    vi.unstubAllGlobals();
  });

  it('say what is wrong and try again', async () => {
    answer = () => HttpResponse.json({ code: 'unavailable', detail: 'The shop’s database is not answering.' }, { status: 500 });
    renderSignedIn(<Numbers />, { also: ['report:view'] });
    const user = userEvent.setup();
    expect(await screen.findByRole('alert')).toHaveTextContent('The shop’s database is not answering.');
    expect(screen.queryByText('Adding up')).not.toBeInTheDocument();
    answer = () => HttpResponse.json(makeStats([revenue]));
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('button', { name: /^Revenue: \$900\.00/ })).toBeInTheDocument();
  });

  it('say so where there is nothing to show', async () => {
    answer = () => HttpResponse.json(makeStats([makeFigure('recovery', { value: null, numerator: 0, denominator: 0, count: 0, unit: 'share' })]));
    renderSignedIn(<Numbers />, { also: ['report:view'] });
    expect(await screen.findByText('No invoice was posted on these days.')).toBeInTheDocument();
    expect(screen.getByText('No car left on these days.')).toBeInTheDocument();
    expect(screen.getByText('The shop had no work on these days.')).toBeInTheDocument();
    expect(screen.getByText('Nothing was declined on these days.')).toBeInTheDocument();
    expect(await screen.findByText('Nothing is stuck: every car is within its promise.')).toBeInTheDocument();
  });
});
