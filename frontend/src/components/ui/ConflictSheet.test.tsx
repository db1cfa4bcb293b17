import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { ConflictSheet } from './ConflictSheet';

const ROWS = [
  { field: 'notes', label: 'Notes', yours: 'Call before noon', theirs: 'Prefers texts', by: 'Marcus Bell, just now' },
  { field: 'email', label: 'Email', yours: '', theirs: 'ana@example.com', by: 'Marcus Bell, 2 min ago' },
];

function show() {
  const onResolve = vi.fn();
  const onClose = vi.fn();
  render(<ConflictSheet conflicts={ROWS} onResolve={onResolve} onClose={onClose} />);
  return { onResolve, onClose, user: userEvent.setup() };
}

describe('the sheet for two editors of one field', () => {
  it('shows both values, who changed it, and an empty value in words', () => {
    show();
    const notes = screen.getByRole('group', { name: 'Notes' });
    expect(notes).toHaveTextContent('Call before noon');
    expect(notes).toHaveTextContent('Marcus Bell, just now');
    expect(screen.getByRole('group', { name: 'Email' })).toHaveTextContent('(empty)');
  });

  it('chooses nothing by itself and goes to the field that waits', async () => {
    const { onResolve, user } = show();
    await user.click(screen.getAllByRole('radio', { name: /Yours/ })[0]!);
    await user.click(screen.getByRole('button', { name: 'Save my choice' }));
    expect(onResolve).not.toHaveBeenCalled();
    expect(screen.getByRole('alert')).toHaveTextContent('Choose one value for each field.');
    expect(screen.getByRole('group', { name: 'Email' })).toContainElement(document.activeElement as HTMLElement);
  });

  it('tells which fields shall be overwritten', async () => {
    const { onResolve, user } = show();
    await user.click(screen.getAllByRole('radio', { name: /Yours/ })[0]!);
    await user.click(screen.getAllByRole('radio', { name: /Marcus/ })[1]!);
    await user.click(screen.getByRole('button', { name: 'Save my choice' }));
    expect(onResolve).toHaveBeenCalledWith(['notes']);
  });

  it('keeps what is saved when it is closed', async () => {
    const { onClose, onResolve, user } = show();
    await user.keyboard('{Escape}');
    expect(onClose).toHaveBeenCalled();
    expect(onResolve).not.toHaveBeenCalled();
  });
});
