import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { MemoryRouter } from 'react-router';
import { makeChecklist, makeDay, makeItem, makeVisit } from '@/testing/tech-day';
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

describe('one that was refused', () => {
  const refused = operation(1, 'visit-1/list-1/item-2', {
    about: { appointmentId: 'visit-1', checklistId: 'list-1', itemId: 'item-2' },
    body: { reading: '12', version: 1 },
    label: '2019 Toyota Corolla: Pads',
    error: { ...refusal, status: 422, words: 'Use a number from 0 to 9999999.' },
  });
  const checklist = makeChecklist(2, { items: [makeItem(1), makeItem(2, { unit: '/32 in' })] });
  const show = (from?: string): void => {
    const work = { ...keeper.read(), operations: [refused], day: makeDay({ appointments: [makeVisit({ checklists: [checklist] })] }) };
    vi.spyOn(keeper, 'read').mockReturnValue(work);
    render(
      <MemoryRouter initialEntries={[{ pathname: '/queue', state: from === undefined ? null : { from } }]}>
        <Queue />
      </MemoryRouter>,
    );
  };
  it('says why, with the unit, and leads to its point', () => {
    show();
    expect(screen.getByText('Use a number from 0 to 9999999.')).toBeVisible();
    expect(screen.getByText('Reading: 12/32 in')).toBeVisible();
    expect(screen.getByRole('link', { name: 'Show 2019 Toyota Corolla: Pads' })).toHaveAttribute('href', '/checks/list-1/2');
  });
  it('leads back to where one came from', () => {
    show('/checks/list-1/2');
    expect(screen.getByRole('link', { name: 'Back' })).toHaveAttribute('href', '/checks/list-1/2');
  });
});

it('does not say that everything is saved while somebody else’s changes wait here', () => {
  const work = { ...keeper.read(), operations: [], names: new Map([['luis', 'Luis Ortega']]), others: new Map([['luis', 2]]) };
  vi.spyOn(keeper, 'read').mockReturnValue(work);
  render(
    <MemoryRouter>
      <Queue />
    </MemoryRouter>,
  );
  expect(screen.getByText('2 of Luis’s wait on this tablet until they come in again.')).toBeVisible();
  expect(screen.getAllByText(/Everything/)).toHaveLength(1);
  expect(screen.getByText('Everything of yours is saved in the shop.')).toBeVisible();
});
