import type { JobText, Verdict } from '@/types';
import { askedWords, leavingWords } from './leaving-text';

const verdict: Verdict = { kind: 'now', reason: null, until: null, zone: null, detail: {}, canOverride: false };
const text = (changes: Partial<JobText> = {}): JobText => ({
  trigger: 'ready',
  loudness: 'loud',
  templateName: 'Ready for pick-up',
  text: 'Harbor Auto: your Corolla is ready.',
  missing: [],
  withheld: [],
  at: '2026-11-20T18:00:10Z',
  localAt: '2026-11-20T13:00:10-05:00',
  zone: 'America/New_York',
  certainty: 'exact',
  verdict,
  state: 'planned',
  messageId: null,
  ...changes,
});
const said = (changes: Partial<JobText> = {}): string | null => leavingWords(text(changes), 'America/New_York')?.replace(/\s/g, ' ') ?? null;

describe('what a move tells the customer', () => {
  it('is shown word for word', () => {
    expect(said()).toBe('The customer gets: “Harbor Auto: your Corolla is ready.”');
    expect(said({ state: 'held', verdict: { ...verdict, kind: 'held', reason: 'requested_later', until: '2026-11-20T18:00:10Z' } })).toBe(
      'The customer gets: “Harbor Auto: your Corolla is ready.”',
    );
  });
  it('says when it waits for the hours, and why nothing goes', () => {
    const night = { ...verdict, kind: 'held', reason: 'quiet_hours', until: '2030-11-21T13:00:00Z', zone: 'America/New_York' } as const;
    expect(said({ verdict: night })).toMatch(/^Held until .* 8:00 AM EST \(customer’s time\): “Harbor Auto: your Corolla is ready.”$/);
    expect(said({ verdict: { ...verdict, kind: 'refused', reason: 'no_consent' } })).toBe('No text goes out. Can’t: no consent to texts is on record');
    expect(said({ text: null, missing: ['balance'] })).toBe('No text goes out: Balance missing');
    expect(said({ text: null, withheld: ['total'] })).toBe('The customer gets: “It names money, which your role doesn’t see.”');
  });
  it('is put as a question where the step asks first', () => {
    const asked = (changes: Partial<JobText>) => askedWords(text({ loudness: 'ask', ...changes }), 'America/New_York');
    expect(asked({})).toBe('“Harbor Auto: your Corolla is ready.”');
    expect(asked({ state: 'proposed', messageId: 'm1', verdict: { ...verdict, kind: 'held' } })).toBe('“Harbor Auto: your Corolla is ready.”');
    expect(asked({ verdict: { ...verdict, kind: 'refused', reason: 'no_consent' } })).toBeNull();
    expect(asked({ state: 'sent' })).toBeNull();
    expect(asked({ loudness: 'loud' })).toBeNull();
  });
  it('is nothing where the step asks first, or tells nothing', () => {
    expect(said({ loudness: 'ask' })).toBeNull();
    expect(leavingWords(undefined, 'America/New_York')).toBeNull();
  });
});
