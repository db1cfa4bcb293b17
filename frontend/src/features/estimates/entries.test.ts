import type { ApprovalRecord, EstimateVersion } from '@/types';
import { entriesOf } from './entries';

const zone = 'America/New_York';
const version = { id: 'v', versionNo: 1, createdAt: '2026-11-20T16:20:00Z', createdByName: 'Sam', openedAt: null, supersededAt: null, totalCents: 60_00, how: 'link', messageStatus: null } as EstimateVersion;
const record = (changes: Partial<ApprovalRecord>): ApprovalRecord =>
  ({
    id: 'r',
    jobName: 'Oil change',
    amountCents: 60_00,
    decision: 'approved',
    method: 'phone',
    person: 'Ana Reyes',
    phone: '+12125550142',
    reason: null,
    words: null,
    recordedByName: 'Sam',
    saidAt: '2026-11-20T16:25:00Z',
    recordedAt: '2026-11-20T16:25:40Z',
    ...changes,
  }) as ApprovalRecord;

describe('what happened to an estimate', () => {
  it('counts what was said by phone from when it was written down, its newest word first', () => {
    const revoked = record({ id: 'gone', decision: 'revoked', method: 'shop', saidAt: '2026-11-20T16:25:20Z', recordedAt: '2026-11-20T16:26:00Z' });
    const told = entriesOf({ versions: [version], records: [revoked, record({ id: 'again' })] }, 'USD', zone);
    expect(told.map((one) => one.key)).toEqual(['again', 'gone', 'v shown']);
  });
  it('says of a version that was kept with a spoken answer that it was shown to nobody', () => {
    const kept = { ...version, id: 'kept', how: 'record', createdAt: '2026-11-20T16:25:40Z' } as EstimateVersion;
    const told = entriesOf({ versions: [version, kept], records: [record({})] }, 'USD', zone);
    expect(told.map((one) => one.key)).toEqual(['r', 'kept shown', 'v shown']);
    expect(told[1]?.detail).toBe('Kept with a spoken answer by Sam');
  });
  it('says when it was written down where that was later', () => {
    const [late] = entriesOf({ versions: [], records: [record({ recordedAt: '2026-11-20T18:00:00Z' })] }, 'USD', zone);
    const [atOnce] = entriesOf({ versions: [], records: [record({})] }, 'USD', zone);
    expect(late?.detail).toMatch(/written down by Sam .*1:00/);
    expect(atOnce?.detail).toMatch(/written down by Sam$/);
  });
});
