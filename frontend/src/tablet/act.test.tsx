import { toastStore } from '@/components/ui/toast-store';
import { MARCUS, makeDay, makeVisit } from '@/testing/tech-day';
import { act } from './act';
import { answer, startChecklist, startTimer, testDrive } from './acts';
import { keeper } from './work';

const add = vi.spyOn(keeper, 'add');
const visit = makeVisit();
const template = { id: 'template-1', name: 'Courtesy', versionId: 'v1', points: [] };
const place = () => {
  const [found] = makeDay().appointments;
  const checklist = found!.checklists[0]!;
  return { visit: found!, checklist, item: checklist.items[0]! };
};

beforeEach(() => {
  vi.useFakeTimers();
  add.mockReset().mockResolvedValue();
});
afterEach(() => {
  vi.runAllTimers();
  vi.useRealTimers();
});

it.each([
  ['an inspection', () => startChecklist(visit, template, MARCUS)],
  ['a clock', () => startTimer(visit)],
  ['a test drive', () => testDrive(visit, true, null, MARCUS.name)],
])('begins %s once, however often a glove touches', async (_what, make) => {
  let written: () => void = () => undefined;
  add.mockReturnValueOnce(new Promise((done) => (written = done)));
  const first = act(make());
  expect(await act(make())).toBe(false);
  written();
  expect(await first).toBe(true);
  // What it made is on the screen; the finger may still bounce.
  expect(await act(make())).toBe(false);
  vi.advanceTimersByTime(1_500);
  expect(await act(make())).toBe(true);
  expect(add).toHaveBeenCalledTimes(2);
});

it('takes two answers in a row for two', async () => {
  expect(await act(answer(place(), { result: 'pass' }))).toBe(true);
  expect(await act(answer(place(), { result: 'fail' }))).toBe(true);
});

it('says that there was no room, and lets the person try again', async () => {
  add.mockRejectedValueOnce(new DOMException('', 'QuotaExceededError'));
  expect(await act(startTimer(visit))).toBe(false);
  expect(toastStore.read().at(-1)).toMatchObject({ tone: 'error', title: 'This tablet’s storage is full, so that was not saved. Let the queue go out, then do it again.' });
  vi.advanceTimersByTime(1);
  expect(await act(startTimer(visit))).toBe(true);
});
