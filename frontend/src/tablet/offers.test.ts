import type { Template } from '@/offline/types';
import { makeChecklist, makeVisit } from '@/testing/tech-day';
import { offersOf } from './offers';

const [all, brakes, winter] = ['all', 'brakes', 'winter'].map((id): Template => ({ id, name: id, versionId: `${id}-1`, points: [] })) as [Template, Template, Template];
const names = (visit: Parameters<typeof offersOf>[0]): [string[], string[]] => {
  const { fitting, others } = offersOf(visit, [all, brakes, winter]);
  return [fitting.map((one) => one.id), others.map((one) => one.id)];
};

it('offers what is made for the visit first, the best of it before the rest', () => {
  expect(names(makeVisit({ checklists: [], fittingTemplateIds: ['brakes', 'all'] }))).toEqual([['brakes', 'all'], ['winter']]);
});

it('offers nothing twice: neither what the shop knows to be begun, nor what was begun here', () => {
  const here = makeChecklist(1, { templateId: 'all', title: 'Whatever it was called' });
  expect(names(makeVisit({ checklists: [here], fittingTemplateIds: ['brakes', 'all'], begunTemplateIds: ['winter'] }))).toEqual([['brakes'], []]);
});

it('offers everything of a day that does not say what fits', () => {
  expect(names(makeVisit({ checklists: [] }))).toEqual([['all', 'brakes', 'winter'], []]);
});
