import { renderHook } from '@testing-library/react';
import { toastStore } from '@/components/ui/toast-store';
import { makeDay, makeVisit } from '@/testing/tech-day';
import { act } from './act';
import { answer } from './acts';
import { startTimer } from './clock-acts';
import { useOnce } from './once';
import { keeper } from './work';

const add = vi.spyOn(keeper, 'add');
const visit = makeVisit();
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

it('begins a clock once, however often a glove touches', async () => {
  const { result } = renderHook(() => useOnce());
  const once = (): void => result.current('start', () => act(startTimer(visit)));
  let written: () => void = () => undefined;
  add.mockReturnValueOnce(new Promise((done) => (written = done)));
  once();
  once();
  written();
  await vi.advanceTimersByTimeAsync(0);
  // What it made is on the screen; the finger may still bounce.
  once();
  expect(add).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1_500);
  once();
  expect(add).toHaveBeenCalledTimes(2);
});

it('lets a touch that came to nothing be tried again at once', async () => {
  const { result } = renderHook(() => useOnce());
  add.mockRejectedValueOnce(new DOMException('', 'QuotaExceededError'));
  result.current('start', () => act(startTimer(visit)));
  await vi.advanceTimersByTimeAsync(0);
  result.current('start', () => act(startTimer(visit)));
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
