import { render, screen } from '@testing-library/react';
import { createRef } from 'react';
import { MemoryRouter } from 'react-router';
import type { Operation, Refusal } from '@/offline/types';
import { MARCUS, makeChecklist, makeVisit } from '@/testing/tech-day';
import { changeChecklist } from './acts';
import { Finish } from './Finish';
import { keeper } from './work';

const checklist = makeChecklist(2);
function show(error: Refusal | null): void {
  const submission: Operation = { ...changeChecklist(makeVisit(), checklist, { status: 'submitted' }), id: 'op-1', seq: 1, userId: MARCUS.id, createdAt: 0, tries: 1, error };
  vi.spyOn(keeper, 'read').mockReturnValue({ ...keeper.read(), operations: [submission] });
  render(
    <MemoryRouter>
      <Finish visit={makeVisit()} checklist={checklist} isMine heading={createRef()} />
    </MemoryRouter>,
  );
}
afterEach(() => vi.restoreAllMocks());

it('says beside the points that the shop refused the submission, and why', () => {
  show({ status: 422, code: 'inspection_incomplete', words: 'Not complete yet: Tire tread (no photo).', conflicts: [], version: null });
  expect(screen.getByText('Refused')).toBeVisible();
  expect(screen.getByText('Not complete yet: Tire tread (no photo).')).toBeVisible();
});
it('says that somebody else did otherwise', () => {
  const conflicts = [{ field: 'status', yours: 'submitted', theirs: 'open', base: null, changedBy: 'Luis Vega', changedAt: null }];
  show({ status: 409, code: 'edit_conflict', words: '', conflicts, version: 3 });
  expect(screen.getByText('Two values')).toBeVisible();
  expect(screen.getByText('Somebody changed the same thing meanwhile.')).toBeVisible();
});
it('says nothing of one that waits', () => {
  show(null);
  expect(screen.queryByText('Refused')).toBeNull();
});
