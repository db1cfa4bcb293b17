import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { Operation } from '@/offline/types';
import { ConflictChoice } from './ConflictChoice';
import { keeper } from './work';

const conflicts = [{ field: 'status', yours: 'submitted', theirs: 'open', base: 'open', changedBy: 'Luis Vega', changedAt: null }];
const operation: Operation = {
  id: 'op-1',
  seq: 1,
  userId: 'marcus',
  kind: 'checklist',
  method: 'PATCH',
  url: '/api/checklists/list-1',
  body: { status: 'submitted', submittedAt: '2026-11-20T15:00:00Z', version: 1 },
  about: { appointmentId: 'visit-1', checklistId: 'list-1' },
  record: 'visit-1/list-1',
  base: {},
  label: 'Courtesy',
  createdAt: 0,
  tries: 1,
  error: { status: 409, code: 'edit_conflict', words: '', conflicts, version: 5 },
};
afterEach(() => vi.restoreAllMocks());

it.each([
  ['Submitted', { status: 'submitted', submittedAt: '2026-11-20T15:00:00Z', version: 5 }],
  ['Open', null],
])('of a submission that somebody overtook: %s', async (choice, body) => {
  const amend = vi.spyOn(keeper, 'amend').mockResolvedValue();
  const discard = vi.spyOn(keeper, 'discard').mockResolvedValue();
  render(<ConflictChoice operation={operation} onClose={() => undefined} />);
  await userEvent.click(screen.getByText(choice));
  await userEvent.click(screen.getByRole('button', { name: 'Save my choice' }));
  if (body) expect(amend).toHaveBeenCalledWith('op-1', body, expect.anything());
  else expect(discard).toHaveBeenCalledWith('op-1');
  expect(amend.mock.calls.length + discard.mock.calls.length).toBe(1);
});
