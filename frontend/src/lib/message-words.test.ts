import { readFileSync } from 'node:fs';
import { hasWord } from '@/i18n/t';
import type { Message, Verdict } from '@/types';
import { messageState, momentWords, reasonWords, verdictWords, whenWords } from './message-words';

const NEW_YORK = 'America/New_York';
const PHOENIX = 'America/Phoenix';
const LOS_ANGELES = 'America/Los_Angeles';
/** 9:40 PM of a Friday in New York. */
const night = Date.parse('2026-11-21T02:40:00Z');
const plain = (words: string): string => words.replace(/\s/g, ' ');

const verdict = (changes: Partial<Verdict>): Verdict => ({ kind: 'now', reason: null, until: null, zone: null, detail: {}, canOverride: false, ...changes });
const said = (changes: Partial<Verdict>, zone = NEW_YORK): string => plain(verdictWords(verdict(changes), zone, night));

describe('the verdict beside the button', () => {
  it('says that a text goes now', () => {
    expect(said({ kind: 'now' })).toBe('Sends now');
  });
  it('says until when one is held, on the customer’s clock', () => {
    expect(said({ kind: 'held', reason: 'quiet_hours', until: '2026-11-21T13:00:00Z', zone: NEW_YORK })).toBe('Held until tomorrow 8:00 AM EST (customer’s time)');
    const early = Date.parse('2026-11-21T11:00:00Z');
    expect(plain(verdictWords(verdict({ kind: 'held', reason: 'quiet_hours', until: '2026-11-21T13:00:00Z', zone: NEW_YORK }), NEW_YORK, early))).toBe(
      'Held until today 8:00 AM EST (customer’s time)',
    );
  });
  it('adds the shop’s own time where the clocks differ', () => {
    expect(said({ kind: 'held', reason: 'quiet_hours', until: '2026-11-21T16:00:00Z', zone: LOS_ANGELES })).toBe(
      'Held until tomorrow 8:00 AM PST (customer’s time), 11:00 AM here',
    );
    // In summer Phoenix and Los Angeles show the same time under different names.
    expect(plain(whenWords('2026-07-01T15:00:00Z', PHOENIX, LOS_ANGELES, Date.parse('2026-07-01T05:00:00Z')))).toBe('tomorrow 8:00 AM MST (customer’s time)');
  });
  it('does not call the shop’s clock the customer’s', () => {
    expect(said({ kind: 'held', reason: 'requested_later', until: '2026-11-21T23:00:00Z' })).toBe('Planned for tomorrow 6:00 PM EST');
  });
  it('names the reason where the hours do not explain it', () => {
    expect(said({ kind: 'held', reason: 'marketing_hours', until: '2026-11-21T13:00:00Z', zone: NEW_YORK })).toBe(
      'Held until tomorrow 8:00 AM EST (customer’s time): advertising has shorter hours where the customer is',
    );
    expect(said({ kind: 'held', reason: 'review_open' })).toBe('Held until a person decides');
  });
  it('says when and how somebody opted out', () => {
    const at = '2026-05-03T15:00:00Z';
    expect(said({ kind: 'refused', reason: 'opted_out', detail: { at, method: 'stop_keyword', wording: 'Stop.' } })).toBe('Can’t: opted out on May 3 by STOP');
    expect(said({ kind: 'refused', reason: 'opted_out', detail: { at, method: 'stop_keyword', wording: 'Cancel' } })).toBe('Can’t: opted out on May 3 by CANCEL');
    expect(said({ kind: 'refused', reason: 'opted_out', detail: { at, method: 'stop_keyword' } })).toBe('Can’t: opted out on May 3 by a keyword');
    expect(said({ kind: 'refused', reason: 'opted_out', detail: { at, method: 'stop_phrase', wording: 'take me off your list' } })).toBe(
      'Can’t: opted out on May 3 by “take me off your list”',
    );
    expect(said({ kind: 'refused', reason: 'opted_out', detail: { at, method: 'staff', by: 'Ana Flores' } })).toBe('Can’t: opted out on May 3 through the shop, noted by Ana Flores');
    expect(said({ kind: 'refused', reason: 'opted_out', detail: { at: '2025-05-03T15:00:00Z', method: 'phone_call' } })).toBe('Can’t: opted out on May 3, 2025 by phone');
    expect(said({ kind: 'refused', reason: 'opted_out', detail: { at, method: 'a new one' } })).toBe('Can’t: opted out on May 3');
    expect(said({ kind: 'refused', reason: 'opted_out' })).toBe('Can’t: opted out');
  });
  it('names what is missing', () => {
    expect(said({ kind: 'refused', reason: 'missing_values', detail: { missing: ['promised_time', 'plate'] } })).toBe('Can’t: a value is missing: Promised time, Plate');
    expect(said({ kind: 'refused', reason: 'missing_values' })).toBe('Can’t: a value is missing');
  });
  it('shows a reason that it does not know instead of hiding it', () => {
    expect(reasonWords('from_the_future', null, NEW_YORK, night)).toBe('the server says “from_the_future”');
  });
});

describe('how far a text came', () => {
  const state = (changes: Partial<Message>) => {
    const { words, tone } = messageState({ status: 'sent', reason: null, errorCode: null, dueAt: null, sendingSince: null, ...changes }, NEW_YORK, night);
    return [plain(words), tone];
  };
  it('says what a person has to know', () => {
    expect(state({ status: 'queued' })).toEqual(['Sending…', 'muted']);
    const ago = (seconds: number): string => new Date(night - seconds * 1000).toISOString();
    expect(state({ status: 'sending', sendingSince: ago(5) })).toEqual(['Sending…', 'muted']);
    expect(state({ status: 'sending', sendingSince: ago(31) })).toEqual(['Checking with the phone company, it is not sent twice', 'warning']);
    expect(state({ status: 'held', reason: 'review_open' })).toEqual(['Held until a person decides', 'warning']);
    expect(state({ status: 'delivered' })).toEqual(['Delivered', 'muted']);
    expect(state({ status: 'held', reason: 'quiet_hours', dueAt: '2026-11-21T13:00:00Z' })).toEqual([
      'Held until tomorrow 8:00 AM EST: outside 8 AM – 9 PM where the customer is',
      'warning',
    ]);
    expect(state({ status: 'undelivered', reason: 'provider_refused', errorCode: '30006' })).toEqual([
      'Not delivered: the number is a landline',
      'danger',
    ]);
    expect(state({ status: 'failed', reason: 'provider_refused', errorCode: '39999' })).toEqual(['Not sent: the phone company refused it (code 39999)', 'danger']);
    expect(state({ status: 'suppressed', reason: 'no_longer_true' })).toEqual(['Not sent: it is not so any more', 'muted']);
    expect(state({ status: 'suppressed', reason: 'no_longer_true', trigger: 'ready' })).toEqual(['Not sent: the car is not Ready any more', 'muted']);
  });
  it('says of what was given up that it is not so any more', () => {
    expect(state({ status: 'failed', reason: 'no_longer_true', trigger: 'ready' })).toEqual(['Not sent; meanwhile the car is not Ready any more', 'muted']);
    expect(state({ status: 'undelivered', errorCode: '30006', reason: 'no_longer_true' })).toEqual([
      'Not delivered: the number is a landline; meanwhile it is not so any more',
      'muted',
    ]);
  });
  it('says when a text is tried again', () => {
    expect(state({ status: 'held', reason: 'retry_later', errorCode: '30003', dueAt: '2026-11-21T03:10:00Z' })).toEqual([
      'Trying again 10:10 PM EST: the phone is off or out of reach',
      'warning',
    ]);
    expect(state({ status: 'queued', errorCode: '429' })).toEqual(['Trying again in a moment: the phone company is busy', 'warning']);
  });
  it('calls planned what waits for its own time', () => {
    expect(state({ status: 'held', reason: 'requested_later', dueAt: '2026-11-21T14:00:00Z' })).toEqual(['Planned for tomorrow 9:00 AM EST', 'muted']);
  });
  it('names the day of a moment that is not today', () => {
    expect(plain(momentWords('2026-11-23T13:00:00Z', NEW_YORK, night))).toBe('Mon, Nov 23 8:00 AM EST');
  });
});

interface Schema {
  enum?: unknown[];
  properties?: Record<string, Schema>;
}
const schemas = (JSON.parse(readFileSync('../docs/openapi.json', 'utf8')) as { components: { schemas: Record<string, Schema> } }).components.schemas;

/** Every code of the server's document that is told in words, and the catalogue's family for it. */
const TOLD: [schema: string, field: string, family: string][] = [
  ['Verdict', 'reason', 'reason'],
  ['Message', 'reason', 'reason'],
  ['Message', 'status', 'messages.status'],
  ['Message', 'channel', 'messages.channel'],
  ['Step', 'guard', 'guard'],
  ['Finding', 'code', 'finding'],
  ['Template', 'category', 'category'],
  ['Template', 'purpose', 'template.purpose'],
  ['Consent', 'informational', 'consent.state'],
  ['Consent', 'method', 'opted'],
  ['ConsentEvent', 'kind', 'consent.kind'],
  ['Review', 'kind', 'review'],
  ['Review', 'decision', 'review.done'],
];

describe('the catalogue', () => {
  it.each(TOLD)('has words for every code of %s.%s', (schema, field, family) => {
    const codes = schemas[schema]?.properties?.[field]?.enum?.filter((code) => code !== null) ?? [];
    expect(codes.length).toBeGreaterThan(0);
    expect(codes.filter((code) => !hasWord(`${family}.${String(code)}`))).toEqual([]);
  });
});
