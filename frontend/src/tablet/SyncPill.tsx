import { clsx } from 'clsx';
import type { LucideIcon } from 'lucide-react';
import { CircleAlert, CloudCheck, CloudOff, CloudUpload, ServerCrash, UsersRound } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { Link, useLocation } from 'react-router';
import '@/i18n/late/tablet';
import { t } from '@/i18n/t';
import { announce } from '@/lib/announce';
import type { Work } from '@/offline/work';
import { useWork } from './work';

interface Look {
  words: string;
  icon: LucideIcon;
  className: string;
}

/** What waits here of people who are not: `2 of Luis’s wait`. Null where nothing does. */
export function othersWords(others: Work['others'], names: Work['names']): string | null {
  const count = [...others.values()].reduce((sum, one) => sum + one, 0);
  if (count === 0) return null;
  const name = others.size === 1 ? names.get([...others.keys()][0] ?? '') : undefined;
  return name === undefined ? t('tablet.pill.others', { count }) : t('tablet.pill.other', { count, name: name.split(' ')[0] ?? name });
}

export function pillOf({ operations, connection, day, others, names }: Pick<Work, 'operations' | 'connection' | 'day' | 'others' | 'names'>): Look {
  const parked = operations.filter((one) => one.error !== null).length;
  const waiting = operations.length - parked;
  const warning = 'bg-warning-soft text-warning';
  if (connection === 'offline') {
    return { words: waiting > 0 ? t('tablet.pill.offlineWaiting', { count: waiting }) : t('tablet.pill.offline'), icon: CloudOff, className: warning };
  }
  if (parked > 0) return { words: t('tablet.pill.needsYou', { count: parked }), icon: CircleAlert, className: 'bg-danger-soft text-danger' };
  if (connection === 'trouble') {
    return { words: waiting > 0 ? t('tablet.pill.troubleWaiting', { count: waiting }) : t('tablet.pill.trouble'), icon: ServerCrash, className: warning };
  }
  if (waiting > 0) return { words: t('tablet.pill.sending', { count: waiting }), icon: CloudUpload, className: 'bg-info-soft text-info' };
  // Nothing is promised before anything was read.
  if (day === null) return { words: t('tablet.loading'), icon: CloudUpload, className: 'bg-info-soft text-info' };
  const ofOthers = othersWords(others, names);
  if (ofOthers !== null) return { words: ofOthers, icon: UsersRound, className: warning };
  return { words: t('tablet.pill.stored'), icon: CloudCheck, className: 'bg-success-soft text-success' };
}

/** Whether the shop has everything, and the way to what it has not. */
export function SyncPill() {
  const work = useWork();
  const { pathname, state } = useLocation() as { pathname: string; state: unknown };
  const { words, icon: Icon, className } = pillOf(work);
  const { connection } = work;
  const parked = work.operations.filter((one) => one.error !== null).length;
  const before = useRef({ connection, parked });
  useEffect(() => {
    // Only the connection is spoken, and what needs somebody: each change that waits would drown everything else.
    if (parked > before.current.parked) announce(t('tablet.pill.needsYou', { count: parked }));
    else if (before.current.connection !== connection) announce(words);
    before.current = { connection, parked };
  }, [connection, parked, words]);
  return (
    <Link
      to="/queue"
      replace={pathname === '/queue'}
      state={pathname === '/queue' ? state : { from: pathname }}
      aria-label={t('tablet.pill.open', { state: words })}
      className={clsx('flex h-11 shrink-0 items-center gap-2 rounded-control px-3 font-semibold whitespace-nowrap max-sm:px-2', className)}
    >
      <Icon aria-hidden size={22} />
      <span aria-hidden className="tabular">
        {words}
      </span>
    </Link>
  );
}
