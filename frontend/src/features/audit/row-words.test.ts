import { wordFor } from '@/i18n/t';
import type { TrailRow } from '@/types';
import { ACTIONS, ENTITIES } from './kinds';
import { actionWords, fieldLines, kindWords, spelled } from './row-words';

const WORDING = {
  fieldWords: (field: string) => (field === 'status' ? 'Status' : null),
  valueWords: (_field: string, value: unknown) => (value === true ? 'yes' : String(value as string)),
};

function row(changes: TrailRow['changes']): TrailRow {
  return {
    id: '1',
    at: '2026-11-20T15:00:00Z',
    action: 'payment.voided',
    entity: 'payment',
    entityId: '2',
    label: null,
    appointmentId: null,
    locationId: null,
    version: null,
    actorKind: 'user',
    actorName: 'Sam',
    actorRole: 'Advisor',
    changes,
    reason: null,
    ip: null,
    userAgent: null,
    requestId: null,
    position: null,
  };
}

const lines = (changes: TrailRow['changes']) => fieldLines(row(changes), 'America/New_York', WORDING).map(({ field, before, after }) => [field, before, after]);

describe('a row of the log in words', () => {
  it('says the codes of texts as the catalogue does', () => {
    const told = fieldLines(
      { ...row({ status: [null, 'suppressed'], messageClass: [null, 'informational'], origin: [null, 'stage'], reason: [null, 'requested_later'] }), entity: 'message' },
      'America/New_York',
      WORDING,
    );
    expect(told.map(({ after }) => after)).toEqual(['Not sent', 'About the visit', 'Stage text', 'it is planned for later']);
  });
  it('says before and after of each field, amounts as money', () => {
    expect(lines({ status: ['READY', 'COMPLETED'], amountCents: [null, 12_550] })).toEqual([
      ['Status', 'READY', 'COMPLETED'],
      ['Amount', null, '$125.50'],
    ]);
  });
  it('tells instants by the shop’s clock, whatever the field is called', () => {
    const [[, before, after] = []] = lines({ expires: ['2026-11-20T15:00:00Z', '2025-01-02T15:00:00Z'] });
    expect(before).toMatch(/10:00/);
    expect(after).toMatch(/10:00/);
  });
  it('spells out a field that has no word', () => {
    expect(spelled('unitPriceCents')).toBe('Unit price');
    expect(spelled('isFlat')).toBe('Is flat');
  });
  it('says days as days, methods by name, and a count of the drawer as amounts', () => {
    expect(lines({ accountingOn: [null, '2026-11-30'], method: [null, 'ach'], counted: [null, { cash: 12_000, card: -50 }], earlierDays: [null, ['2026-11-28']] })).toEqual([
      ['In the books of', null, 'Nov 30, 2026'],
      ['Method', null, 'ACH'],
      ['Counted', null, 'Cash $120.00, Card \u2212$0.50'],
      ['Closed along with it', null, 'Nov 28, 2026'],
    ]);
  });
  it('names an exported figure as its page does', () => {
    expect(lines({ report: [null, 'figure'], figure: [null, 'laborRate'] })).toEqual([
      ['Report', null, 'Rows of a figure'],
      ['Figure', null, 'Effective labor rate'],
    ]);
  });
  it('says what was charged without approval, and how somebody decided', () => {
    expect(lines({ unapprovedJobs: [null, ['Front pads', 'Oil']], saidVia: [null, 'phone'] })).toEqual([
      ['Charged without approval', null, 'Front pads, Oil'],
      ['How', null, 'by phone'],
    ]);
  });
  it('leaves out ids, and a currency that was so from the start', () => {
    expect(lines({ appointmentId: [null, '019c0a4e-6d0a-7c10-8a0e-5a4f1d2b3c4d'], currency: [null, 'USD'] })).toEqual([]);
    expect(lines({ currency: ['USD', 'CAD'] })).toEqual([['Currency', 'USD', 'CAD']]);
  });
  it('has words for every act and every kind that one can look for', () => {
    expect(ACTIONS.filter((one) => actionWords(one) === one)).toEqual([]);
    expect(ENTITIES.filter((one) => wordFor(`audit.entity.${one}`) === null)).toEqual([]);
  });
  it('keeps the name of what it does not know', () => {
    expect(actionWords('payment.voided')).toBe('voided a payment');
    expect(actionWords('rocket.launched')).toBe('rocket.launched');
    expect(kindWords('notice_rule')).toBe('Stage texts');
    expect(kindWords('space_ship')).toBe('Space ship');
  });
});
