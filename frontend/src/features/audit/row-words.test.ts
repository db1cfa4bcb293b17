import type { TrailRow } from '@/types';
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
  it('keeps the name of what it does not know', () => {
    expect(actionWords('payment.voided')).toBe('voided a payment');
    expect(actionWords('rocket.launched')).toBe('rocket.launched');
    expect(kindWords('notice_rule')).toBe('Stage texts');
    expect(kindWords('space_ship')).toBe('Space ship');
  });
});
