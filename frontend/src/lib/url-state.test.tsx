import { act, renderHook } from '@testing-library/react';
import { BrowserRouter } from 'react-router';
import { useUrlState } from './url-state';

const search = () => window.location.search;

function openPage() {
  window.history.replaceState(null, '', '/calendar?view=week');
  return renderHook(() => ({ steps: useUrlState(), drawer: useUrlState() }), { wrapper: ({ children }) => <BrowserRouter>{children}</BrowserRouter> });
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('what is written later', () => {
  it('is written once, when the steps have rested', () => {
    const { result } = openPage();
    const before = window.history.length;
    act(() => result.current.steps.set({ day: '2026-11-21' }, { isLater: true }));
    act(() => void vi.advanceTimersByTime(200));
    act(() => result.current.steps.set({ day: '2026-11-22' }, { isLater: true }));
    act(() => void vi.advanceTimersByTime(250));
    expect(search()).toBe('?view=week');
    act(() => void vi.advanceTimersByTime(100));
    expect(search()).toBe('?view=week&day=2026-11-22');
    expect(result.current.drawer.params.get('day')).toBe('2026-11-22');
    expect(window.history.length).toBe(before);
  });

  it('belongs to the entry under what is opened right after it, and to that', async () => {
    const { result } = openPage();
    act(() => result.current.steps.set({ day: '2026-11-21' }, { isLater: true }));
    act(() => result.current.drawer.set({ open: 'job' }, { push: true }));
    expect(search()).toBe('?view=week&day=2026-11-21&open=job');
    vi.useRealTimers();
    const back = new Promise((done) => window.addEventListener('popstate', done, { once: true }));
    await act(async () => {
      window.history.back();
      await back;
    });
    expect(search()).toBe('?view=week&day=2026-11-21');
  });

  it('is forgotten when the person has gone to another page or the screen is gone', () => {
    const { result, unmount } = openPage();
    act(() => result.current.steps.set({ day: '2026-11-21' }, { isLater: true }));
    window.history.pushState(null, '', '/board');
    act(() => void vi.advanceTimersByTime(1_000));
    expect(window.location.pathname + search()).toBe('/board');

    window.history.replaceState(null, '', '/calendar');
    act(() => result.current.steps.set({ day: '2026-11-21' }, { isLater: true }));
    unmount();
    act(() => void vi.advanceTimersByTime(1_000));
    expect(search()).toBe('');
  });
});
