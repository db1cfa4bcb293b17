import { renderHook } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useHotkeys } from './hotkeys';

const undo = vi.fn();
const palette = vi.fn();
const tab = vi.fn();
beforeEach(() => {
  vi.clearAllMocks();
  document.body.innerHTML = '<input aria-label="Filter" />';
  renderHook(() => useHotkeys({ 'mod+z': undo, 'mod+k': palette, 'alt+2': tab }));
});

describe('keys with Ctrl and Alt', () => {
  it('leave undo to the text while someone types', async () => {
    document.querySelector('input')!.focus();
    await userEvent.keyboard('Sma{Control>}z{/Control}{Meta>}Z{/Meta}');
    expect(undo).not.toHaveBeenCalled();
    await userEvent.keyboard('{Control>}k{/Control}{Alt>}2{/Alt}');
    expect(palette).toHaveBeenCalledOnce();
    expect(tab).toHaveBeenCalledOnce();
  });
  it('undo everywhere else', async () => {
    await userEvent.keyboard('{Control>}z{/Control}');
    expect(undo).toHaveBeenCalledOnce();
  });
});
