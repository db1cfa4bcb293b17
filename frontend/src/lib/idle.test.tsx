import { afterEach, beforeEach, expect, it, vi } from 'vitest';

let afterFirstPicture: (work: () => () => void) => () => void;

beforeEach(async () => {
  vi.useFakeTimers();
  vi.resetModules();
  ({ afterFirstPicture } = await import('./idle'));
});
afterEach(() => vi.useRealTimers());

it('leaves work for after the first picture, and does it at once from then on', () => {
  const early = vi.fn(() => () => undefined);
  const late = vi.fn(() => () => undefined);
  afterFirstPicture(early);
  expect(early).not.toHaveBeenCalled();
  vi.runAllTimers();
  expect(early).toHaveBeenCalledOnce();
  afterFirstPicture(late);
  expect(late).toHaveBeenCalledOnce();
});

it('undoes what was done, and never does what was taken back before', () => {
  const undo = vi.fn();
  const gone = vi.fn(() => undo);
  const takeBack = afterFirstPicture(() => undo);
  afterFirstPicture(gone)();
  vi.runAllTimers();
  expect(gone).not.toHaveBeenCalled();
  expect(undo).not.toHaveBeenCalled();
  takeBack();
  expect(undo).toHaveBeenCalledOnce();
});
