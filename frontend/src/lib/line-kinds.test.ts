import { kindPatch } from './line-kinds';

const part = { kind: 'part', hours: null, quantity: '1.5', isFlat: false, taxClass: 'parts' } as const;
const labor = { kind: 'labor', hours: '1.5', quantity: '1', isFlat: false, taxClass: 'labor' } as const;

it('makes hours of pieces and pieces of hours, taxed as the new kind is', () => {
  expect(kindPatch(part, 'labor')).toEqual({ kind: 'labor', hours: '1.5', quantity: '1', taxClass: 'labor' });
  expect(kindPatch(labor, 'part')).toEqual({ kind: 'part', hours: null, isFlat: false, quantity: '1.5', taxClass: 'parts' });
  expect(kindPatch(part, 'fee')).toEqual({ kind: 'fee', taxClass: 'fees' });
});

it('keeps the price where two counts say it, or one that hours have no places for', () => {
  expect(kindPatch({ ...labor, quantity: '2' }, 'part')).toMatchObject({ quantity: '3' });
  expect(kindPatch({ ...labor, quantity: '2', isFlat: true }, 'part')).toMatchObject({ quantity: '2', isFlat: false });
  expect(kindPatch({ ...part, quantity: '0.125' }, 'labor')).toEqual({ kind: 'labor', hours: '0', isFlat: true, taxClass: 'labor' });
});

it('counts labor without hours as one piece, and keeps a tax that somebody chose', () => {
  expect(kindPatch({ ...labor, isFlat: true, taxClass: 'exempt' }, 'fee')).toEqual({ kind: 'fee', hours: null, isFlat: false, quantity: '1' });
  expect(kindPatch({ ...labor, hours: '0' }, 'fee')).toMatchObject({ quantity: '1' });
});
