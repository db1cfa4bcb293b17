import { CloudCheck, RefreshCw } from 'lucide-react';
import { useRef, useState } from 'react';
import { Link, useLocation } from 'react-router';
import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { EmptyState } from '@/components/ui/EmptyState';
import '@/i18n/late/tablet';
import { t } from '@/i18n/t';
import { useFocusKeeper } from '@/lib/focus-keeper';
import { useNow } from '@/lib/now';
import { formatDateTime, formatTime } from '@/lib/time';
import { withFollowers } from '@/offline/order';
import { findChecklist, findEdited } from '@/offline/overlay';
import type { Day, Operation, Subject } from '@/offline/types';
import { keep } from './act';
import { bigClasses } from './big';
import { ConflictChoice } from './ConflictChoice';
import { Frame } from './Frame';
import { Install } from './Install';
import { whatWords } from './queue-words';
import { StateMark } from './StateMark';
import { othersWords } from './SyncPill';
import { keeper, useWork } from './work';

/** Everything that the shop has not got yet, in the order in which it goes; what needs a person stands first. */
export function Queue() {
  const { operations, others, names, isPersistent, isFull, day, keptAt, sending, progress, connection, since } = useWork();
  const { state } = useLocation() as { state: { from?: string } | null };
  const now = useNow();
  // What was chosen or given up takes its row away: the keyboard goes on with the next one that needs the person.
  const page = useRef<HTMLDivElement>(null);
  useFocusKeeper(page, () => page.current?.querySelector<HTMLElement>('li button') ?? page.current?.querySelector<HTMLElement>('button'));
  const zone = day?.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const parked = operations.filter((one) => one.error !== null);
  const waiting = operations.filter((one) => one.error === null);
  const ofOthers = othersWords(others, names);
  return (
    <Frame title={t('tablet.queue')} back={state?.from ?? '/'}>
      <div ref={page} className="flex flex-col gap-4 p-3">
        <div className="flex flex-wrap items-center gap-3">
          <p className="flex-1 text-lg font-semibold">
            {waiting.length > 0 ? t('tablet.queue.waiting', { count: waiting.length }) : null}
          </p>
          {keptAt === null ? null : <p className="text-base">{t('tablet.kept', { time: formatTime(keptAt, zone) })}</p>}
          <button type="button" className={bigClasses('primary')} onClick={keeper.sync}>
            <RefreshCw aria-hidden size={20} />
            {t('tablet.queue.sync')}
          </button>
        </div>
        {ofOthers === null ? null : <p className="rounded-panel bg-warning-soft p-3 text-base text-warning">{t('tablet.queue.others', { words: ofOthers })}</p>}
        {isFull ? <p className="rounded-panel bg-warning-soft p-3 text-base text-warning">{t('tablet.full')}</p> : null}
        {isPersistent ? null : (
          <div className="flex flex-col gap-2 rounded-panel bg-warning-soft p-3 text-base text-warning">
            <p>{t('tablet.notPersistent')}</p>
            <Install />
          </div>
        )}
        {operations.length === 0 ? <EmptyState icon={CloudCheck} title={t(ofOthers === null ? 'tablet.queue.empty' : 'tablet.queue.empty.yours')} /> : null}
        {parked.length > 0 ? (
          <section aria-label={t('tablet.queue.needsYou')} className="flex flex-col gap-2">
            <h2 className="text-lg font-semibold text-danger">{t('tablet.queue.needsYou')}</h2>
            <ul role="list" className="flex flex-col gap-3">
              {parked.map((operation) => (
                <Parked key={operation.id} operation={operation} />
              ))}
            </ul>
          </section>
        ) : null}
        <ul role="list" className="flex flex-col gap-2">
          {waiting.map((operation) => {
            const part = progress.get(operation.id);
            return (
              <li key={operation.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 rounded-control border border-line bg-surface px-4 py-2 text-base">
                <span className="min-w-0 flex-1">
                  <span className="block truncate font-medium">{operation.label}</span>
                  <span className="block truncate text-sm">
                    {whatWords(operation, findEdited(day, operation))} · {formatDateTime(operation.createdAt, zone, now)}
                    {operation.tries > 0 && connection !== 'offline' ? ` · ${t('tablet.queue.tries', { count: operation.tries })}` : ''}
                  </span>
                </span>
                <StateMark
                  state={sending.has(operation.id) ? 'sending' : 'here'}
                  words={part === undefined ? undefined : t('tablet.state.uploaded', { percent: Math.round(part * 100) })}
                />
              </li>
            );
          })}
        </ul>
        {connection === 'offline' ? <p className="rounded-panel bg-warning-soft p-3 text-base text-warning">{t('tablet.offline.since', { time: formatTime(since, zone) })}</p> : null}
      </div>
    </Frame>
  );
}

/** The page where one can see what an act is about; null where it is no longer in one's day. */
function placeOf(day: Day | null, about: Subject): string | null {
  const checklist = findChecklist(day, about);
  const index = checklist?.items.findIndex((item) => item.id === about.itemId) ?? -1;
  if (checklist) return `/checks/${checklist.id}/${(index === -1 ? checklist.items.length : index) + 1}`;
  return day?.appointments.some((visit) => visit.id === about.appointmentId) ? `/jobs/${about.appointmentId}` : null;
}

/** Refused: why, and what the person can do about it. */
function Parked({ operation }: { operation: Operation }) {
  const [isOpen, setOpen] = useState<'choice' | 'discard' | null>(null);
  const { operations, day } = useWork();
  const { error, label } = operation;
  if (!error) return null;
  const place = placeOf(day, operation.about);
  const along = withFollowers(operations, operation).length - 1;
  const isConflict = error.conflicts.length > 0;
  return (
    <li className="flex flex-wrap items-center gap-3 rounded-panel border-2 border-no-show-edge bg-surface p-3 text-base">
      <div className="min-w-0 flex-1">
        <p className="font-semibold">{label}</p>
        <p className="text-sm">{whatWords(operation, findEdited(day, operation))}</p>
        <p className="font-medium text-danger">{isConflict ? t('tablet.queue.conflict') : error.words}</p>
      </div>
      {place === null ? null : (
        <Link to={place} className={bigClasses('plain')} aria-label={t('tablet.queue.show.what', { what: label })}>
          {t('tablet.queue.show')}
        </Link>
      )}
      {isConflict ? (
        <button type="button" className={bigClasses('primary')} aria-label={t('tablet.queue.choose.what', { what: label })} onClick={() => setOpen('choice')}>
          {t('tablet.queue.choose')}
        </button>
      ) : (
        <>
          <button
            type="button"
            className={bigClasses('plain')}
            aria-label={t('tablet.queue.retry.what', { what: label })}
            onClick={() => void keep(() => keeper.amend(operation.id, operation.body, operation.base))}
          >
            {t('tablet.queue.retry')}
          </button>
          <button type="button" className={bigClasses('danger')} aria-label={t('tablet.queue.discard.what', { what: label })} onClick={() => setOpen('discard')}>
            {t('tablet.queue.discard')}
          </button>
        </>
      )}
      {isOpen === 'choice' ? <ConflictChoice operation={operation} onClose={() => setOpen(null)} /> : null}
      {isOpen === 'discard' ? (
        <Dialog
          title={t('tablet.queue.discard.ask')}
          note={label}
          size="sm"
          onClose={() => setOpen(null)}
          footer={
            <>
              <Button onClick={() => setOpen(null)}>{t('action.cancel')}</Button>
              <Button tone="danger" onClick={() => void keep(() => keeper.discard(operation.id))}>
                {t('tablet.queue.discard')}
              </Button>
            </>
          }
        >
          <p>{along > 0 ? t('tablet.queue.discard.along', { count: along }) : t('tablet.queue.discard.detail')}</p>
        </Dialog>
      ) : null}
    </li>
  );
}
