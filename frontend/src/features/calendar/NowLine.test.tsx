import { act, render } from '@testing-library/react';
import { api } from '@/api';
import { noteServerTime } from '@/lib/device-clock';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { axisOf, localDay } from './axis';
import { NowLine, NowMark } from './NowLine';

const ZONE = 'America/New_York';
const server = setupServer();
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
beforeEach(() => vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => {
  noteServerTime(new Date().toUTCString(), Date.now(), Date.now());
  server.resetHandlers();
  vi.useRealTimers();
});
afterAll(() => server.close());

function draw(now: string, date: string) {
  vi.setSystemTime(now);
  const day = localDay(date, ZONE);
  const axis = axisOf([day]);
  const { container } = render(
    <>
      <NowLine day={day} axis={axis} scale={1} />
      <NowMark days={[day]} axis={axis} scale={1} />
    </>,
  );
  return () => [...container.querySelectorAll<HTMLElement>('[style]')].map((part) => part.style.top);
}

it.each([
  ['before opening', '2026-11-20T09:15:00Z', '255px'],
  ['at the first minute', '2026-11-20T05:00:00Z', '0px'],
  ['at the last minute', '2026-11-21T04:59:00Z', '1439px'],
])('stands at the shop’s clock %s', (_words, now, top) => {
  expect(draw(now, '2026-11-20')()).toEqual([top, top]);
});
it('stands at the second 1:30 of the night the clocks go back', () => {
  expect(draw('2026-11-01T06:30:00Z', '2026-11-01')()).toEqual(['150px', '150px']);
});
it.each(['2026-11-20T04:59:00Z', '2026-11-21T05:00:00Z'])('is on no other day: %s', (now) => {
  expect(draw(now, '2026-11-20')()).toEqual([]);
});
it('is gone while the server tells another time than this device, and back when they agree', async () => {
  const tops = draw('2026-11-20T14:00:00Z', '2026-11-20');
  const answers = async (date: string) => {
    server.use(http.get('http://localhost:3000/api/locations', () => HttpResponse.json({}, { headers: { Date: date } })));
    await act(() => api.get('/api/locations'));
  };
  expect(tops()).toHaveLength(2);
  await answers('Fri, 20 Nov 2026 14:01:30 GMT');
  expect(tops()).toHaveLength(2);
  await answers('Fri, 20 Nov 2026 17:00:00 GMT');
  expect(tops()).toEqual([]);
  await answers('Fri, 20 Nov 2026 14:00:00 GMT');
  expect(tops()).toHaveLength(2);
});
