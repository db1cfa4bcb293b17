import { describe, expect, it } from 'vitest';
import type { CatalogJob } from '@/types';
import { changeOf, draftOf, faultOfLines, jobOf, newLine, withKind } from './job-draft';

const JOB: CatalogJob = {
  id: 'a',
  locationId: null,
  name: 'Front brake pads',
  category: 'Brakes',
  description: null,
  durationMinutes: 90,
  isOnline: true,
  isActive: true,
  version: 3,
  priceCents: 26300,
  lines: [
    { kind: 'labor', name: 'Replace', taxClass: 'labor', hours: '1.2', quantity: '1', isFlat: false, unitPriceCents: null, unitCostCents: null, laborRate: null },
    { kind: 'part', name: 'Pads', taxClass: 'parts', hours: null, quantity: '2', isFlat: false, unitPriceCents: 8900, unitCostCents: 5162, laborRate: null },
  ],
};

describe('a canned job as it is typed', () => {
  it('says the same again when nothing was changed', () => {
    const job = jobOf(draftOf(JOB));
    expect(Array.isArray(job)).toBe(false);
    expect(changeOf(job as never, JOB)).toEqual({});
  });
  it('names what is not right yet', () => {
    expect(jobOf({ ...draftOf(null), minutes: '4' })).toEqual(['name', 'category', 'minutes', 'lines']);
    const draft = draftOf(JOB);
    expect(jobOf({ ...draft, lines: draft.lines.map((line) => ({ ...line, price: 'dear' })) })).toEqual(['lines']);
    expect(jobOf({ ...draft, lines: [] })).toEqual(['lines']);
  });
  it('says of which line what is wrong', () => {
    const { lines } = draftOf(JOB);
    const second = (change: Partial<(typeof lines)[number]>) => faultOfLines(lines.map((line, index) => (index === 1 ? { ...line, ...change } : line)));
    expect(second({})).toBeUndefined();
    expect(second({ price: '12.345' })).toBe('Line 2, Price each: Cents have two digits, such as 12.50.');
    expect(second({ count: '0' })).toBe('Line 2, Quantity: Enter a number above zero.');
    expect(second({ cost: '9999999' })).toBe('Line 2, Cost each: Too much: at most $1,000,000.00.');
  });
  it('needs a price for parts, and for labor the rate will do', () => {
    const draft = { ...draftOf(JOB), lines: [{ ...newLine('part'), name: 'Clip' }] };
    expect(jobOf(draft)).toEqual(['lines']);
    expect(jobOf({ ...draft, lines: draft.lines.map((line) => withKind(line, 'labor')) })).toMatchObject({
      lines: [{ kind: 'labor', taxClass: 'labor', hours: '1', unitPriceCents: null }],
    });
  });
  it('sends only what was changed', () => {
    const draft = draftOf(JOB);
    const job = jobOf({ ...draft, minutes: '75', lines: draft.lines.slice(0, 1) });
    expect(Object.keys(changeOf(job as never, JOB))).toEqual(['durationMinutes', 'lines']);
  });
});
