import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Dialog } from './Dialog';

const open = (onClose: () => void, props: { isForm?: boolean; isChanged?: boolean } = { isForm: true }): void => {
  render(
    <Dialog title="Edit a template" onClose={onClose} {...props}>
      <input aria-label="Name" data-autofocus="" />
    </Dialog>,
  );
};

describe('a dialog with a form', () => {
  it('closes at once while nothing is typed', async () => {
    const onClose = vi.fn();
    open(onClose);
    await userEvent.keyboard('{Escape}');
    expect(onClose).toHaveBeenCalledOnce();
  });
  it('asks before what was typed is lost, and the keyboard goes back to it', async () => {
    const onClose = vi.fn();
    open(onClose);
    await userEvent.keyboard('Brakes{Escape}');
    expect(screen.getByRole('alert')).toHaveTextContent('What you typed here is not saved.');
    expect(screen.getByRole('button', { name: 'Keep editing' })).toHaveFocus();
    await userEvent.keyboard('{Enter}');
    expect(screen.queryByRole('alert')).toBeNull();
    expect(screen.getByLabelText('Name')).toHaveFocus();
    expect(screen.getByLabelText('Name')).toHaveValue('Brakes');
    await userEvent.keyboard('{Escape}{Escape}');
    expect(onClose).not.toHaveBeenCalled();
    await userEvent.keyboard('{Escape}');
    await userEvent.click(screen.getByRole('button', { name: 'Discard it' }));
    expect(onClose).toHaveBeenCalledOnce();
  });
  it('asks too when it was changed without typing', async () => {
    const onClose = vi.fn();
    open(onClose, { isForm: true, isChanged: true });
    await userEvent.click(screen.getByRole('button', { name: 'Close' }));
    expect(onClose).not.toHaveBeenCalled();
  });
  it('and one that is no form never asks', async () => {
    const onClose = vi.fn();
    open(onClose, {});
    await userEvent.keyboard('Brakes{Escape}');
    expect(onClose).toHaveBeenCalledOnce();
  });
});
