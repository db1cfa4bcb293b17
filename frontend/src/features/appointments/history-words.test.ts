import type { HistoryEntry } from '@/types';
import { historyWords } from './history-words';

const entry = (changes: Partial<HistoryEntry>): HistoryEntry => ({
  id: 'h1',
  entity: 'appointment',
  subject: null,
  at: '2026-11-20T14:00:00Z',
  action: 'appointment.changed',
  actorKind: 'user',
  version: 2,
  actorName: 'Sam Rivera',
  actorRole: 'Advisor',
  changes: {},
  reason: null,
  ...changes,
});
const words = (changes: Partial<HistoryEntry>) => historyWords(entry(changes), { zone: 'America/New_York', currency: 'USD' });

describe('history in words', () => {
  it('names both states of a move and its reason', () => {
    expect(words({ action: 'appointment.status_changed', changes: { status: ['COMPLETED', 'READY'] }, reason: 'Rattle is back' })).toEqual({
      did: 'moved it from Completed to Ready',
      lines: ['Because: Rattle is back'],
    });
  });
  it('quotes what people wrote, before and after', () => {
    expect(words({ changes: { notes: ['Old', 'New'], keyTag: [null, '14'], techName: ['Marcus Bell', null] } }).lines).toEqual([
      'Notes changed from “Old” to “New”',
      'Technician cleared (was Marcus Bell)',
      'Key tag set to 14',
    ]);
  });
  it('tells times by their date, with the year where it is another one', () => {
    expect(words({ changes: { start: ['2026-11-20T20:00:00Z', '2026-11-19T20:00:00Z'], promisedAt: [null, '2027-01-04T22:00:00Z'] } }).lines.map((line) => line.replace(/\u202f/g, ' '))).toEqual([
      'Start changed from Fri, Nov 20 at 3:00 PM to Thu, Nov 19 at 3:00 PM',
      'Promised for set to Mon, Jan 4, 2027 at 5:00 PM',
    ]);
  });
  it('leaves out what is the same before and after', () => {
    expect(words({ changes: { promisedAt: ['2026-11-20T20:00:00Z', '2026-11-20T20:00:30Z'], notes: ['Old', 'Old'] } }).lines).toEqual([]);
  });
  it('leaves out ids and what a new job simply is not', () => {
    const { did, lines } = words({
      action: 'appointment.scheduled',
      changes: { status: [null, 'SCHEDULED'], customerId: [null, 'x'], isWaiting: [null, false], customerName: [null, 'Ana Reyes'] },
    });
    expect(did).toBe('opened the job');
    expect(lines).toEqual(['Customer set to Ana Reyes']);
  });
  it('says no more than that the board was reordered', () => {
    expect(words({ action: 'appointment.moved', changes: { position: [3, 1] } })).toEqual({ did: 'reordered the board', lines: [] });
  });
  it('tells what was done at the tablet as the shop says it', () => {
    const inspection = { entity: 'inspection', subject: 'Multi-point' };
    expect(words({ ...inspection, action: 'inspection.started', changes: { appointmentId: [null, 'a1'], title: [null, 'Multi-point'], holder: [null, 'Luis'] } })).toEqual({ did: 'began the inspection “Multi-point”', lines: [] });
    expect(words({ ...inspection, action: 'inspection.changed', changes: { status: ['submitted', 'open'] } }).did).toBe('opened the inspection “Multi-point” again');
    expect(words({ ...inspection, action: 'inspection.changed', changes: { holder: ['Luis', 'Sam'] } })).toEqual({ did: 'took over the inspection “Multi-point”', lines: ['From Luis'] });
    expect(words({ ...inspection, action: 'inspection.sent', changes: { sentAt: [null, '2026-11-20T14:00:00Z'], how: [null, 'sms'] } }).did).toBe('sent the report of the inspection “Multi-point”');
    expect(words({ entity: 'photo', subject: 'Multi-point', action: 'photo.stored', changes: { photos: [null, 6] } }).did).toBe('added 6 photos to the inspection “Multi-point”');
    expect(words({ entity: 'vehicle', action: 'vehicle.odometer', changes: { mileage: [12, 161_200] } })).toEqual({ did: 'wrote down the odometer: 161,200 miles', lines: ['Before: 12 miles'] });
    expect(words({ entity: 'work_check', action: 'work.checked', changes: { kind: [null, 'test_drive'], isPassed: [null, false], note: [null, 'Vibrates at 60'] } })).toEqual({ did: 'test drove it: not right', lines: ['“Vibrates at 60”'] });
  });
  it('says when it happened where the tablet told it later', () => {
    const timer = { entity: 'work_timer', subject: 'Front pads', at: '2026-11-20T14:00:00Z' };
    expect(words({ ...timer, action: 'work.started', changes: { startedAt: [null, '2026-11-20T14:00:00Z'] } })).toEqual({ did: 'started the clock on “Front pads”', lines: [] });
    const late = words({ ...timer, action: 'work.stopped', changes: { startedAt: [null, '2026-11-20T12:00:00Z'], stoppedAt: [null, '2026-11-20T13:18:00Z'], pauseReason: [null, 'break'] } });
    expect(late.lines.map((line) => line.replace(/\u202f/g, ' '))).toEqual(['For a break', 'Happened Fri, Nov 20 at 8:18 AM']);
  });
  it('tells work by its name, and its money as money', () => {
    const line = { entity: 'line', subject: 'Front pads', action: 'line.created' };
    expect(words({ ...line, changes: { name: [null, 'Front pads'], kind: [null, 'part'], quantity: [null, '1'], unitPriceCents: [null, 8_900], discountCents: [null, 0] } })).toEqual({
      did: 'added the line “Front pads”',
      lines: ['Price set to $89.00'],
    });
    expect(words({ ...line, action: 'line.changed', changes: { unitPriceCents: [8_900, 9_500] } }).lines).toEqual(['Price changed from $89.00 to $95.00']);
    expect(words({ entity: 'job', subject: 'Brakes', action: 'job.deleted' }).did).toBe('took “Brakes” out');
  });
  it('tells who decided, and who wrote it down', () => {
    const decided = { entity: 'job', subject: 'Brakes', action: 'approval.recorded' };
    expect(words({ ...decided, actorKind: 'customer', changes: { approval: ['pending', 'approved'] } }).did).toBe('approved “Brakes”');
    expect(words({ ...decided, changes: { approval: ['pending', 'declined'], declineReason: [null, 'Later'] } })).toEqual({
      did: 'recorded that the customer declined “Brakes”',
      lines: ['Because: Later'],
    });
  });
  it('says for how much and how somebody approved, and how a phone call was written down', () => {
    const decided = { entity: 'job', subject: 'Brakes', action: 'approval.recorded' };
    const approved = { approval: ['pending', 'approved'], amountCents: [null, 41_280] } satisfies HistoryEntry['changes'];
    expect(words({ ...decided, actorKind: 'customer', changes: { ...approved, saidVia: [null, 'link'] } })).toEqual({ did: 'approved “Brakes”, $412.80, by link', lines: [] });
    expect(words({ ...decided, changes: { ...approved, saidVia: [null, 'phone'] } }).did).toBe('recorded that the customer approved “Brakes”, $412.80, by phone');
    expect(words({ entity: 'estimate', action: 'estimate.published', changes: { versionNo: [null, 2], isSpoken: [null, true] } }).did).toBe(
      'wrote down the estimate that the customer was told, version 2',
    );
  });
  it('says what was asked, answered and chosen', () => {
    const job = { entity: 'job', subject: 'Oil', action: 'job.changed' };
    const at = '2026-11-20T14:00:00Z';
    expect(words({ ...job, changes: { askedAt: [null, at], question: [null, 'Can it wait?'] } })).toEqual({ did: 'asked about “Oil”', lines: ['“Can it wait?”'] });
    expect(words({ ...job, changes: { askedAt: [at, null], answer: [null, 'Until spring.'] } })).toEqual({ did: 'answered the question about “Oil”', lines: ['“Until spring.”'] });
    expect(words({ ...job, changes: { askedAgainAt: [null, at], question: [null, 'And then?'] } }).did).toBe('asked about “Oil”');
    expect(words({ ...job, changes: { isChosen: [false, true] } })).toEqual({ did: 'chose “Oil” among the alternatives', lines: [] });
    expect(words({ ...job, changes: { name: ['Oil', 'Oil change'] } }).did).toBe('changed “Oil”');
  });
  it('names the invoice, its version from the second on, and what was charged without approval', () => {
    const locked = { action: 'appointment.locked', changes: { lockedAt: [null, '2026-11-20T14:00:00Z'], invoiceNumber: [null, 1719], versionNo: [null, 1] } } satisfies Partial<HistoryEntry>;
    expect(words(locked)).toEqual({ did: 'issued invoice 1719; prices and lines are locked', lines: [] });
    expect(words({ ...locked, changes: { ...locked.changes, versionNo: [null, 2], unapprovedJobs: [null, ['Front pads', 'Oil']] } })).toEqual({
      did: 'issued version 2 of invoice 1719; prices and lines are locked',
      lines: ['Charged without approval: “Front pads”, “Oil”'],
    });
    expect(words({ action: 'appointment.unlocked', changes: { invoiceNumber: [1719, null] }, reason: 'Wrong part' })).toEqual({ did: 'unlocked invoice 1719', lines: ['Because: Wrong part'] });
  });
  it('writes a number in one way, and a reason once', () => {
    expect(words({ entity: 'line', subject: 'Pads', action: 'line.changed', changes: { hours: ['1.20', '1.3'] } }).lines).toEqual(['Hours changed from 1.2 to 1.3']);
    expect(words({ entity: 'payment', action: 'payment.refunded', changes: { amountCents: [null, -1_000], method: [null, 'card'], note: [null, 'Courtesy'] }, reason: 'Courtesy' }).lines).toEqual(['Because: Courtesy']);
    expect(words({ entity: 'payment', actorKind: 'customer', action: 'payment.recorded', changes: { amountCents: [null, 1_000], method: [null, 'card'] } }).did).toBe('paid $10.00, card');
  });
  it('tells payments with amount and method, whatever their sign', () => {
    const money = { entity: 'payment', changes: { amountCents: [null, -4_000], method: [null, 'card'], currency: [null, 'USD'], isDeposit: [null, false] } } satisfies Partial<HistoryEntry>;
    expect(words({ ...money, action: 'payment.refunded', reason: 'Too much' })).toEqual({ did: 'refunded $40.00, card', lines: ['Because: Too much'] });
    expect(words({ ...money, action: 'payment.recorded', changes: { ...money.changes, amountCents: [null, 12_550], isDeposit: [null, true] } })).toEqual({
      did: 'recorded a payment of $125.50, card',
      lines: ['Deposit set to yes'],
    });
  });
});
