/**
 * What the sender's codes mean, in words: the one place where a reason, a status or a verdict becomes a sentence. Times are
 * the customer's where the sender says whose clock decided, and the shop's beside it where the two differ.
 */
import '@/i18n/late/consent';
import '@/i18n/late/messages';
import type { WordKey } from '@/i18n/en';
import { hasWord, t, wordFor } from '@/i18n/t';
import type { Message, Verdict } from '@/types';
import { howWords } from './consent-words';
import { formatDate, formatMonthDay, formatRelativeDay, formatTime, formatWhen, localDate, zoneName, zoneOffset } from './time';

type Detail = Record<string, unknown> | null | undefined;

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** `May 3`; with its year where that is not this one. */
function dayOf(at: string, zone: string, now: number): string {
  const day = localDate(at, zone);
  return day.slice(0, 4) === localDate(now, zone).slice(0, 4) ? formatMonthDay(day) : formatDate(day);
}

function optedOutWords(detail: Detail, zone: string, now: number): string {
  const at = textOf(detail?.at);
  if (!at) return t('reason.opted_out');
  const day = dayOf(at, zone, now);
  const method = howWords({ method: textOf(detail?.method), wording: textOf(detail?.wording), by: textOf(detail?.by) });
  return method ? t('reason.opted_out.by', { day, method }) : t('reason.opted_out.at', { day });
}

/** The names of variables, as people know them: `Promised time, Plate`. */
export function fieldNames(fields: readonly string[]): string {
  return fields.map((field) => wordFor(`variable.${field}`) ?? field).join(', ');
}

/** Why a text waits, may not go or did not arrive, as the end of a sentence; null without a reason. */
export function reasonWords(reason: string | null | undefined, detail: Detail, zone: string, now: number = Date.now()): string | null {
  if (!reason) return null;
  if (reason === 'opted_out') return optedOutWords(detail, zone, now);
  // The phone company's own code says what kind of number it is.
  if (reason === 'unreachable') return wordFor(`provider.${textOf(detail?.code) ?? ''}`) ?? t('reason.unreachable');
  if (reason === 'missing_values') {
    const fields = Array.isArray(detail?.missing) ? detail.missing.filter((one): one is string => typeof one === 'string') : [];
    return fields.length > 0 ? t('reason.missing_values', { fields: fieldNames(fields) }) : t('reason.missing_values.some');
  }
  if (reason === 'no_longer_true') {
    const trigger = textOf(detail?.trigger);
    return (trigger ? wordFor(`reason.no_longer_true.${trigger}`) : null) ?? t('reason.no_longer_true');
  }
  if (reason === 'retry_later') return wordFor(`provider.${textOf(detail?.errorCode) ?? ''}`) ?? t('reason.retry_later');
  return wordFor(`reason.${reason}`) ?? t('reason.other', { code: reason });
}

/** The variables that a text knows and has no value for; a name that is no variable is told as that, once. */
export function valuesMissing({ missing, findings }: { missing: readonly string[]; findings: readonly { code: string; found: string }[] }): string[] {
  const unknown = new Set(findings.filter((one) => one.code === 'unknown_variable').map((one) => one.found));
  return missing.filter((one) => !unknown.has(one));
}

/**
 * When a held text goes, on the clock that decides: `today 8:00 AM EST (customer’s time)`, and by our own clock where that differs.
 * What no hours of theirs hold is told on our clock alone, `today 6:00 PM EST`.
 */
export function whenWords(until: string, theirZone: string | null | undefined, ourZone: string, now: number = Date.now()): string {
  const zone = theirZone ?? ourZone;
  const named = formatRelativeDay(localDate(until, zone), localDate(now, zone));
  const values = {
    // Within a sentence `tomorrow` is written small; a weekday keeps its capital.
    day: /\d/.test(named) ? named : named.toLowerCase(),
    time: formatTime(until, zone),
    zone: zoneName(zone, until),
  };
  if (!theirZone) return t('verdict.when.here', values);
  if (zoneOffset(until, zone) === zoneOffset(until, ourZone)) return t('verdict.when', values);
  return t('verdict.when.both', { ...values, here: formatTime(until, ourZone) });
}

/** What stands beside the button: `Sends now`, `Held until today 8:00 AM EST (customer’s time)`, `Can’t: opted out on May 3 by STOP`. */
export function verdictWords(verdict: Verdict, zone: string, now: number = Date.now()): string {
  if (verdict.kind === 'now') return t('verdict.now');
  const reason = reasonWords(verdict.reason, verdict.detail, zone, now);
  if (verdict.kind === 'refused') return t('verdict.refused', { reason: reason ?? '' });
  if (verdict.reason === 'review_open') return t('verdict.undecided');
  if (!verdict.until) return t('verdict.open', { reason: reason ?? '' });
  const when = whenWords(verdict.until, verdict.zone, zone, now);
  if (verdict.reason === 'requested_later') return t('verdict.planned', { when });
  // The usual hours explain themselves; anything else is said.
  if (!reason || verdict.reason === 'quiet_hours') return t('verdict.held', { when });
  return t('verdict.held.because', { when, reason });
}

export type MessageTone = 'muted' | 'warning' | 'danger';
export interface MessageState {
  words: string;
  tone: MessageTone;
}

/** Texts that were given up: they wait for a person. */
export const GIVEN_UP: ReadonlySet<Message['status']> = new Set(['failed', 'undelivered', 'unknown']);

/** An answer of the phone company takes longer than this only when it is lost. */
const LONG_SENDING = 30_000;

const TONES: Partial<Record<Message['status'], MessageTone>> = {
  held: 'warning',
  proposed: 'warning',
  unknown: 'warning',
  failed: 'danger',
  undelivered: 'danger',
};

type Told = Pick<Message, 'status' | 'reason' | 'errorCode' | 'dueAt' | 'sendingSince'> & Partial<Pick<Message, 'trigger'>>;

/** How far a text came, in words, with the reason where there is one. */
export function messageState(message: Told, zone: string, now: number = Date.now()): MessageState {
  const tone = TONES[message.status] ?? 'muted';
  // The answer to it was lost, and the provider is asked what became of it.
  if (message.status === 'sending' && message.sendingSince && now - Date.parse(message.sendingSince) > LONG_SENDING) return { tone: 'warning', words: t('messages.checking') };
  const known: WordKey = `messages.status.${message.status}`;
  const status = hasWord(known) ? t(known) : message.status;
  // The phone company's own code says more than that it refused.
  const own = message.errorCode ? wordFor(`provider.${message.errorCode}`) : null;
  if (GIVEN_UP.has(message.status) && message.reason === 'no_longer_true') {
    const state = own ? t('messages.because', { status, reason: own }) : status;
    // It need not be mended any more: no alarm.
    return { tone: 'muted', words: t('messages.meanwhile', { state, reason: reasonWords(message.reason, { trigger: message.trigger }, zone, now) ?? '' }) };
  }
  const reason = own ?? reasonWords(message.reason, { trigger: message.trigger }, zone, now);
  if (message.reason === 'retry_later' && message.dueAt) {
    const when = Date.parse(message.dueAt) > now ? momentWords(message.dueAt, zone, now) : t('messages.retrying.now');
    return { tone, words: t('messages.because', { status: t('messages.retrying', { when }), reason: reason ?? t('reason.retry_later') }) };
  }
  // The phone company did not take it yet: it is asked again within the minute.
  if (message.status === 'queued' && own) return { tone: 'warning', words: t('messages.because', { status: t('messages.retrying', { when: t('messages.retrying.now') }), reason: own }) };
  if (message.status === 'held' && message.dueAt) {
    const when = momentWords(message.dueAt, zone, now);
    // Nothing holds what waits for its own time.
    if (message.reason === 'requested_later') return { tone: 'muted', words: t('verdict.planned', { when }) };
    return { tone, words: t('messages.because', { status: t('messages.held.until', { when }), reason: reason ?? t('reason.quiet_hours') }) };
  }
  if (message.status === 'held' && message.reason === 'review_open') return { tone, words: t('verdict.undecided') };
  if (!reason) return { tone, words: status };
  const coded = message.errorCode && !own ? t('reason.code', { reason, code: message.errorCode }) : reason;
  return { tone, words: t('messages.because', { status, reason: coded }) };
}

/** A moment within a sentence, on the shop's clock: `8:00 AM EST`, `tomorrow 8:00 AM EST`. */
export function momentWords(at: string, zone: string, now: number = Date.now()): string {
  const day = localDate(at, zone);
  const today = localDate(now, zone);
  const time = `${formatTime(at, zone)} ${zoneName(zone, at)}`;
  if (day === today) return time;
  const named = formatRelativeDay(day, today);
  return `${/\d/.test(named) ? named : named.toLowerCase()} ${time}`;
}

/** When a text goes out, as the end of a sentence, on the shop's clock: `today at 1:00 PM EST`. */
export function releaseWords(at: string, zone: string, now: number = Date.now()): string {
  return `${formatWhen(at, zone, now)} ${zoneName(zone, at)}`;
}
