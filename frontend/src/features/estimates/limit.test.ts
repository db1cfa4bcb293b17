import type { ApprovalRecord } from '@/types';
import { isAboveLimit } from './limit';

const said = (decision: ApprovalRecord['decision'], spendingCapCents: number | null = null): ApprovalRecord => ({ decision, spendingCapCents }) as ApprovalRecord;
const isAbove = (authorizedCents: number, records: ApprovalRecord[]): boolean => isAboveLimit({ spendingCapCents: 100_00, authorizedCents, records });

describe('the limit of a customer', () => {
  it('is passed where a lower one was set on what stood approved', () => {
    expect(isAbove(100_01, [said('approved'), said('declined', 100_00)])).toBe(true);
    expect(isAbove(100_00, [said('approved'), said('declined', 100_00)])).toBe(false);
  });
  it('no longer asks for a call once they approved beyond it', () => {
    const before = [said('approved', 100_00), said('approved', 100_00)];
    expect(isAbove(150_00, before)).toBe(true);
    expect(isAbove(150_00, [...before, said('asked'), said('declined'), said('revoked')])).toBe(true);
    expect(isAbove(150_00, [...before, said('approved')])).toBe(false);
  });
  it('asks again for a call when it is set anew below what stands', () => {
    expect(isAbove(150_00, [said('approved', 100_00), said('approved'), said('declined', 100_00)])).toBe(true);
  });
});
