import { renderHook } from '@testing-library/react';
import { useSettle } from './settle';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('settling after live changes', () => {
  it('asks once when they have rested, not while something is on its way, and never after leaving', () => {
    const ask = vi.fn();
    let isBusy = true;
    const { result, unmount } = renderHook(() => useSettle(ask, () => isBusy));
    result.current();
    vi.advanceTimersByTime(1_000);
    result.current();
    vi.advanceTimersByTime(5_000);
    expect(ask).not.toHaveBeenCalled();
    isBusy = false;
    vi.advanceTimersByTime(2_600);
    expect(ask).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(10_000);
    expect(ask).toHaveBeenCalledOnce();
    result.current();
    unmount();
    vi.advanceTimersByTime(10_000);
    expect(ask).toHaveBeenCalledOnce();
  });
});
