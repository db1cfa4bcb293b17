import type { Permission, Status } from '@/types';
import { STATUSES, failedCheckOf, moveRefusal, needsReason, readyReasonWords, refusalWords } from './status';

const owner = () => true;
const tech = (permission: Permission) => permission === 'appointment:move';
const nobody = () => false;

function offered(from: Status, can: (permission: Permission) => boolean): Status[] {
  return STATUSES.filter((to) => to !== from && moveRefusal(from, to, can) === null);
}

describe('moves between states', () => {
  it('are offered as the shop’s rules say', () => {
    expect(offered('SCHEDULED', owner)).toEqual(['IN_PROGRESS', 'CANCELED', 'NO_SHOW']);
    expect(offered('IN_PROGRESS', owner)).toEqual(['SCHEDULED', 'READY', 'CANCELED']);
    expect(offered('READY', owner)).toEqual(['IN_PROGRESS', 'COMPLETED']);
    expect(offered('COMPLETED', owner)).toEqual(['READY']);
    expect(offered('CANCELED', owner)).toEqual(['SCHEDULED']);
    expect(offered('NO_SHOW', owner)).toEqual(['SCHEDULED']);
  });
  it('never offer a technician to complete or reopen a job', () => {
    expect(offered('READY', tech)).toEqual(['IN_PROGRESS']);
    expect(offered('COMPLETED', tech)).toEqual([]);
    expect(moveRefusal('READY', 'COMPLETED', tech)).toBe('move.refused.complete');
  });
  it('are offered to nobody who may not move, not even within a lane', () => {
    expect(moveRefusal('READY', 'READY', nobody)).toBe('move.refused.permission');
    expect(moveRefusal('READY', 'READY', tech)).toBeNull();
  });
  it('ask for a reason only when finished work is taken back', () => {
    expect(needsReason('COMPLETED', 'READY')).toBe(true);
    expect(needsReason('READY', 'COMPLETED')).toBe(false);
    expect(needsReason('IN_PROGRESS', 'READY')).toBe(false);
  });
  it('ask for a reason before a customer is told that a car is ready whose check was not right', () => {
    expect(needsReason('IN_PROGRESS', 'READY', 'test_drive')).toBe(true);
    expect(needsReason('IN_PROGRESS', 'SCHEDULED', 'test_drive')).toBe(false);
    expect(failedCheckOf({ flags: ['waiting', 'testDriveFailed'] })).toBe('test_drive');
    expect(readyReasonWords('2019 Camry', 'test_drive').title).toBe('The test drive was not right');
    expect(readyReasonWords('2019 Camry', null).title).toBe('Take back finished work');
  });
});

describe('a refused move', () => {
  const owner = () => true;
  const tech = (permission: string) => !['appointment:complete', 'appointment:reopen'].includes(permission);
  it.each([
    ['SCHEDULED', 'COMPLETED', 'Not possible from Scheduled. Move it to In progress first.'],
    ['SCHEDULED', 'READY', 'Not possible from Scheduled. Move it to In progress first.'],
    ['READY', 'CANCELED', 'Not possible from Ready. Move it to In progress first.'],
    ['COMPLETED', 'SCHEDULED', 'Not possible from Completed. Move it to Ready first.'],
    ['NO_SHOW', 'IN_PROGRESS', 'Not possible from No-show. Move it to Scheduled first.'],
  ] as const)('from %s to %s says which step comes first', (from, to, words) => {
    expect(refusalWords(from, to, owner)).toBe(words);
  });
  it('names no way that the person may not go', () => {
    expect(refusalWords('COMPLETED', 'IN_PROGRESS', tech)).toBe('Not possible from Completed.');
    expect(refusalWords('READY', 'COMPLETED', tech)).toBe('An advisor or the owner completes jobs.');
  });
  it('is none where the move is allowed', () => {
    expect(refusalWords('SCHEDULED', 'IN_PROGRESS', tech)).toBeNull();
  });
});
