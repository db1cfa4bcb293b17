import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { TemporaryPassword } from './TemporaryPassword';

describe('a temporary password', () => {
  it('is copied by one press', async () => {
    const user = userEvent.setup();
    render(<TemporaryPassword name="Sam" password="abcd-efgh" onClose={vi.fn()} />);
    await user.click(screen.getByRole('button', { name: 'Copy' }));
    expect(await navigator.clipboard.readText()).toBe('abcd-efgh');
    expect(screen.getByRole('button', { name: 'Copied' })).toBeInTheDocument();
  });

  it('is selected for copying by hand when the browser forbids it', async () => {
    const user = userEvent.setup();
    vi.spyOn(navigator.clipboard, 'writeText').mockRejectedValue(new DOMException('no', 'NotAllowedError'));
    render(<TemporaryPassword name="Sam" password="abcd-efgh" onClose={vi.fn()} />);
    await user.click(screen.getByRole('button', { name: 'Copy' }));
    expect((await screen.findAllByText(/did not allow copying/))[0]).toBeInTheDocument();
    expect(window.getSelection()?.toString()).toBe('abcd-efgh');
  });
});
