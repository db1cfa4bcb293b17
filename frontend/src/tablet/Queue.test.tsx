import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { MemoryRouter } from 'react-router';
import type { Operation } from '@/offline/types';
import { Queue } from './Queue';
import { keeper } from './work';

const refusal = { status: 404, code: 'not_found', words: 'There is no such job of yours.', conflicts: [], version: null };
function operation(seq: number, record: string, changes: Partial<Operation> = {}): Operation {
  const about = { appointmentId: 'visit-1' };
  return { id: `op-${seq}`, seq, userId: 'marcus', kind: 'item', method: 'PATCH', url: '', body: {}, about, record, base: {}, label: record, createdAt: 0, tries: 1, error: null, ...changes };
}
afterEach(() => vi.restoreAllMocks());

it('asks before an inspection is given up with everything that was answered in it', async () => {
  const operations = [
    operation(1, 'visit-1/list-9', { kind: 'start', label: 'Courtesy', error: refusal }),
    ...[2, 3, 4].map((seq) => operation(seq, `visit-1/list-9/item-${seq}`)),
    operation(5, 'visit-1/list-1/item-1'),
  ];
  const work = { ...keeper.read(), operations };
  vi.spyOn(keeper, 'read').mockReturnValue(work);
  const discard = vi.spyOn(keeper, 'discard').mockResolvedValue();
  render(
    <MemoryRouter>
      <Queue />
    </MemoryRouter>,
  );
  expect(screen.getByText('There is no such job of yours.')).toBeVisible();
  await userEvent.click(screen.getByRole('button', { name: 'Give up: Courtesy' }));
  const dialog = screen.getByRole('dialog', { name: 'Give this change up?' });
  expect(dialog).toHaveTextContent('and with it 3 changes that are nothing without it');
  expect(discard).not.toHaveBeenCalled();
});

it('hands the keyboard on to the next change that needs somebody when a row goes', async () => {
  const parked = ['Wipers', 'Horn'].map((label, index) => operation(index + 1, `visit-1/list-1/item-${index}`, { label, error: refusal }));
  const show = (operations: Operation[]) => vi.spyOn(keeper, 'read').mockReturnValue({ ...keeper.read(), operations });
  show(parked);
  vi.spyOn(keeper, 'discard').mockImplementation(async () => {
    show(parked.slice(1));
    await Promise.resolve();
  });
  const page = (
    <MemoryRouter>
      <Queue />
    </MemoryRouter>
  );
  const { rerender } = render(page);
  await userEvent.click(screen.getByRole('button', { name: 'Give up: Wipers' }));
  await userEvent.click(screen.getByRole('button', { name: 'Give up' }));
  rerender(
    <MemoryRouter>
      <Queue />
    </MemoryRouter>,
  );
  expect(screen.queryByText('Wipers')).toBeNull();
  expect(screen.getByRole('button', { name: 'Send again: Horn' })).toHaveFocus();
});
