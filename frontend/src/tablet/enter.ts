import { api, ApiError } from '@/api';
import '@/i18n/late/tablet';
import { t } from '@/i18n/t';
import { errorWords } from '@/lib/error-words';
import type { Person } from '@/offline/types';
import type { components } from '@/generated/openapi';
import { writeStored } from '@/lib/stored';
import type { Me } from '@/types';
import { isPinSession, setIdleSeconds, setPinSession, setSharedTablet } from './session';
import { keeper } from './work';

/** A shop that says nothing for this long is not there, in milliseconds. */
const PATIENCE = 15_000;

type Schemas = components['schemas'];
/** Who may come in: by PIN where they have one that is not locked, else by password. */
export type Colleague = Person & Pick<Schemas['Colleague'], 'hasPin' | 'isLocked'>;
export type People = { state: 'here'; people: Colleague[] } | { state: 'unpaired' } | { state: 'offline' };

/** Who works here; only the shop's own tablets are told. */
export async function readPeople(signal: AbortSignal): Promise<People> {
  try {
    const { items, idleSeconds } = await api.get<Schemas['Tablet']>('/api/tablet/people', { signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]) });
    setIdleSeconds(idleSeconds);
    setSharedTablet(true);
    return { state: 'here', people: items };
  } catch (error) {
    if (error instanceof ApiError && [401, 403, 404].includes(error.status)) {
      setSharedTablet(false);
      return { state: 'unpaired' };
    }
    return { state: 'offline' };
  }
}

async function enter(me: Person, isPin: boolean, locationId?: string): Promise<void> {
  setPinSession(isPin);
  if (locationId) writeStored('location', locationId);
  await keeper.enter({ id: me.id, name: me.name });
}

/** Lets the next one in. */
export function leave(): Promise<void> {
  return keeper.leave(isPinSession() ? '/api/tablet/lock' : '/api/auth/logout');
}

/** Why it did not work, in words. What is no answer of ours, such as a page that a guest network puts in its place, is named. */
function faultWords(error: unknown): string {
  if (error instanceof SyntaxError) return t('tablet.in.strange');
  if (error instanceof DOMException) return t(error.name === 'TimeoutError' ? 'tablet.in.offline' : 'tablet.unsaved');
  return errorWords(error);
}

/** Why somebody can't come in, in words; null when they are in. `isLocked`: only the password helps now. */
export interface Refused {
  words: string;
  isLocked: boolean;
}
export async function enterByPin(person: Person, pin: string): Promise<Refused | null> {
  try {
    const opened = await api.post<Schemas['TabletOpened']>('/api/tablet/enter', { body: { userId: person.id, pin }, signal: AbortSignal.timeout(PATIENCE) });
    await enter(person, true, opened.locationId);
    return null;
  } catch (error) {
    if (!(error instanceof ApiError)) return { words: faultWords(error), isLocked: false };
    if (error.code === 'pin_locked') return { words: t('tablet.in.locked'), isLocked: true };
    const left = error.extra<number>('triesLeft');
    if (error.code === 'wrong_pin') return { words: left === undefined ? t('tablet.in.wrongOnly') : t('tablet.in.wrong', { count: left }), isLocked: false };
    return { words: error.status === 0 ? t('tablet.in.offline') : errorWords(error), isLocked: false };
  }
}

export async function enterByPassword(email: string, password: string): Promise<string | null> {
  try {
    const me = await api.post<Me>('/api/auth/login', { body: { email, password }, signal: AbortSignal.timeout(PATIENCE) });
    await enter(me.user, false);
    return null;
  } catch (error) {
    return faultWords(error);
  }
}

export async function pairTablet(code: string): Promise<string | null> {
  try {
    await api.post<unknown>('/api/devices/pair', { body: { code, kind: 'tablet' }, signal: AbortSignal.timeout(PATIENCE) });
    return null;
  } catch (error) {
    return faultWords(error);
  }
}
