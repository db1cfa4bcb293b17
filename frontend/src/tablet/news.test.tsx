import { act, renderHook } from '@testing-library/react';
import type { ReactNode } from 'react';
import { MemoryRouter, useLocation } from 'react-router';
import { dismissAllToasts, toastStore } from '@/components/ui/toast-store';
import type { Operation } from '@/offline/types';
import { MARCUS, makeChecklist, makeItem, makeVisit } from '@/testing/tech-day';
import { answer, changeChecklist } from './acts';
import { useNews } from './news';
import { keeper } from './work';

const checklist = makeChecklist(2);
const WRITTEN = { seq: 1, userId: MARCUS.id, createdAt: 0, tries: 1, error: null };
const submission: Operation = {
  ...WRITTEN,
  ...changeChecklist(makeVisit(), checklist, { status: 'submitted' }),
  id: 'submission',
  error: { status: 422, code: 'inspection_incomplete', words: '', conflicts: [], version: null },
};
const mended: Operation = { ...WRITTEN, ...answer({ visit: makeVisit(), checklist, item: makeItem(1) }, { result: 'pass' }), id: 'mended' };
afterEach(() => vi.restoreAllMocks());

it('says that an inspection has to be submitted again that was gone on with, and leads to its end', () => {
  dismissAllToasts();
  const read = vi.spyOn(keeper, 'read');
  const waiting = { ...keeper.read(), operations: [submission] };
  read.mockReturnValue(waiting);
  const wrapper = ({ children }: { children: ReactNode }) => <MemoryRouter>{children}</MemoryRouter>;
  const { result, rerender } = renderHook(() => (useNews(), useLocation().pathname), { wrapper });
  expect(toastStore.read()).toEqual([]);
  read.mockReturnValue({ ...waiting, operations: [mended] });
  rerender();
  const [told] = toastStore.read();
  expect(told?.title).toBe('Submit it again once nothing is missing: 2019 Toyota Corolla: Courtesy check');
  act(() => told?.action?.run());
  expect(result.current).toBe('/checks/list-1/all');
});
