import { fireEvent, renderHook } from '@testing-library/react';
import { leave } from './enter';
import { useIdleLock } from './idle';
import { setIdleSeconds, setSharedTablet } from './session';

vi.mock('./enter', () => ({ leave: vi.fn(() => Promise.resolve()) }));

const start = (isReachable = true) => renderHook(({ reachable }) => useIdleLock(reachable), { initialProps: { reachable: isReachable } });
/** Time passes while the tablet sleeps: the clock goes on, timers do not. */
const sleep = (seconds: number): void => {
  vi.setSystemTime(Date.now() + seconds * 1_000);
};
const pass = (seconds: number): void => {
  vi.advanceTimersByTime(seconds * 1_000);
};
const touch = (): void => {
  fireEvent.pointerDown(document.body);
};

beforeEach(() => {
  vi.useFakeTimers();
  vi.mocked(leave).mockClear();
  setSharedTablet(true);
  setIdleSeconds(300);
});
afterEach(() => {
  localStorage.clear();
  vi.useRealTimers();
});

it('locks when nobody has touched it for as long as the shop allows', () => {
  start();
  touch();
  pass(200);
  touch();
  pass(299);
  expect(leave).not.toHaveBeenCalled();
  pass(2);
  expect(leave).toHaveBeenCalledTimes(1);
});
it('counts while it sleeps, and does not take who wakes it for who put it down', () => {
  start();
  touch();
  sleep(1_800);
  touch();
  expect(leave).toHaveBeenCalled();
});
it('locks as soon as it is looked at again', () => {
  start();
  touch();
  sleep(1_800);
  fireEvent(document, new Event('visibilitychange'));
  expect(leave).toHaveBeenCalled();
});
it('goes on counting through a network that comes and goes, and locks when it is back', () => {
  const { rerender } = start();
  touch();
  for (let minute = 0; minute < 4; minute += 1) {
    pass(60);
    rerender({ reachable: false });
    rerender({ reachable: true });
  }
  expect(leave).not.toHaveBeenCalled();
  rerender({ reachable: false });
  pass(90);
  expect(leave).not.toHaveBeenCalled();
  rerender({ reachable: true });
  expect(leave).toHaveBeenCalledTimes(1);
});
it('leaves a tablet of one’s own open', () => {
  setSharedTablet(false);
  start();
  touch();
  pass(3_600);
  expect(leave).not.toHaveBeenCalled();
});
