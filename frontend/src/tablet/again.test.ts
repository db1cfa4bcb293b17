import type { Operation } from '@/offline/types';
import { makeChecklist, makeItem, makeVisit } from '@/testing/tech-day';
import { answer, changeChecklist } from './acts';
import { toSubmitAgain } from './again';

const checklist = makeChecklist(2);
const written = (id: string, made: ReturnType<typeof answer>, code?: string): Operation => ({
  ...made,
  id,
  seq: 1,
  userId: 'marcus',
  createdAt: 0,
  tries: 1,
  error: code === undefined ? null : { status: 422, code, words: '', conflicts: [], version: null },
});
const submission = written('s', changeChecklist(makeVisit(), checklist, { status: 'submitted' }), 'inspection_incomplete');
const mended = written('m', answer({ visit: makeVisit(), checklist, item: makeItem(1) }, { result: 'pass' }));

it('knows which inspection has to be submitted again: the one that is gone on with', () => {
  expect(toSubmitAgain([submission], [mended])).toEqual([submission]);
});

it('says so once, and not of what was given up, submitted anew or still stands', () => {
  expect(toSubmitAgain([mended], [mended])).toEqual([]);
  expect(toSubmitAgain([submission], [])).toEqual([]);
  expect(toSubmitAgain([submission], [{ ...mended, userId: 'luis' }])).toEqual([]);
  expect(toSubmitAgain([submission], [{ ...submission, id: 'anew', error: null }])).toEqual([]);
  expect(toSubmitAgain([submission], [submission, mended])).toEqual([]);
});
