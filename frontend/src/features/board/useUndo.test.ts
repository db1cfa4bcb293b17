import { act, renderHook } from '@testing-library/react';
import { toastStore } from '@/components/ui/toast-store';
import { makeCard } from '@/testing/boards';
import { useUndo } from './useUndo';

const move = { id: 'a', to: 'IN_PROGRESS' as const, afterId: null, seen: makeCard({ id: 'a' }) };
const shown = () => toastStore.read().map(({ title, detail, timeout, action }) => ({ title, detail, timeout, action: action?.label }));

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('taking a move back', () => {
  it('is offered for eight seconds, with what the customer gets as soon as that is known', () => {
    const sent: unknown[] = [];
    const { result } = renderHook(() => useUndo((one) => sent.push(one)));
    act(() => result.current.tell('a', 'It is now Ready', move));
    expect(shown()).toEqual([{ title: 'It is now Ready', detail: undefined, timeout: 8_000, action: 'Undo' }]);
    vi.advanceTimersByTime(500);
    act(() => result.current.tellMore('a', 'The customer gets: “Ready.”'));
    expect(shown()).toEqual([{ title: 'It is now Ready', detail: 'The customer gets: “Ready.”', timeout: 7_500, action: 'Undo' }]);
    act(() => toastStore.read()[0]?.action?.run());
    expect(sent).toEqual([move]);
  });
  it('adds nothing to the message of another move', () => {
    const { result } = renderHook(() => useUndo(() => undefined));
    act(() => result.current.tell('a', 'It is now Ready', move));
    act(() => result.current.tell('b', 'The other is now Ready', { ...move, id: 'b' }));
    act(() => result.current.tellMore('a', 'The customer gets: “Ready.”'));
    expect(shown()).toMatchObject([{ title: 'The other is now Ready', detail: undefined }]);
  });
  it('is over after eight seconds', () => {
    const sent: unknown[] = [];
    const { result } = renderHook(() => useUndo((one) => sent.push(one)));
    act(() => result.current.tell('a', 'It is now Ready', move));
    vi.advanceTimersByTime(8_001);
    act(() => result.current.undo());
    expect(sent).toEqual([]);
  });
});
