import { ShieldAlert, ShieldCheck, ShieldQuestion } from 'lucide-react';
import { Button } from '@/components/ui/Button';
import { Skeleton } from '@/components/ui/Skeleton';
import '@/i18n/late/audit';
import '@/i18n/late/history';
import { t } from '@/i18n/t';
import { errorWords } from '@/lib/error-words';
import { useNow } from '@/lib/now';
import { formatRelativeDay, formatTime, localDate } from '@/lib/time';
import type { AuditCheck, AuditFault, AuditStatus } from '@/types';

interface ChainStatusProps {
  status: AuditStatus | undefined;
  error: unknown;
  onRetry: () => void;
  zone: string;
  running: AuditCheck | null;
  checkError: unknown;
  onCheck: () => void;
}

/** Whether anybody has touched the log: how far it is sealed, what the newest check found, and the way to check now. */
export function ChainStatus({ status, error, onRetry, zone, running, checkError, onCheck }: ChainStatusProps) {
  const today = localDate(useNow(), zone);
  if (!status) {
    return error ? (
      <div role="alert" className="flex flex-wrap items-center gap-3 border-b border-line px-4 py-3 sm:px-6">
        <ShieldQuestion size={22} aria-hidden className="text-muted" />
        <p className="min-w-0 flex-1">{[t('audit.unknown'), errorWords(error)].join(' ')}</p>
        <Button onClick={onRetry}>{t('action.retry')}</Button>
      </div>
    ) : (
      <div className="px-4 py-4 sm:px-6" aria-busy>
        <Skeleton className="h-5 w-72" />
      </div>
    );
  }
  const { check } = status;
  const isBroken = check !== null && check.faultCount > 0;
  const Icon = check === null ? ShieldQuestion : isBroken ? ShieldAlert : ShieldCheck;
  const at = (instant: string): string => t('audit.dayAt', { day: formatRelativeDay(localDate(instant, zone), today), time: formatTime(instant, zone) });
  const verified = (instant: string): string =>
    localDate(instant, zone) === today ? t('audit.verifiedToday', { time: formatTime(instant, zone) }) : t('audit.verified', { when: at(instant) });
  const newest = status.chains.map((chain) => chain.sealedTo).filter((instant) => instant !== null).sort().at(-1);
  const sealed = newest ? (localDate(newest, zone) === today ? formatTime(newest, zone) : at(newest)) : null;
  return (
    <section aria-label={t('audit.chain')} className="flex flex-wrap items-start gap-x-4 gap-y-3 border-b border-line bg-surface px-4 py-3 sm:px-6">
      <Icon size={22} aria-hidden className={isBroken ? 'text-danger' : check ? 'text-success' : 'text-muted'} />
      <div className="min-w-0 flex-1 basis-64">
        <p className={isBroken ? 'font-semibold text-danger' : 'font-medium'}>
          {isBroken
            ? t('audit.broken', { count: check.faultCount })
            : [
                sealed ? t('audit.sealedTo', { time: sealed }) : t('audit.notSealed'),
                check?.finishedAt ? verified(check.finishedAt) : t('audit.neverVerified'),
              ].join(', ')}
        </p>
        <p className="text-xs text-muted">
          {[
            check?.finishedAt ? t('audit.checkedRows', { count: check.rowsChecked, who: check.startedBy ?? t('history.system') }) : null,
            status.unsealedCount > 0 ? t('audit.unsealed', { count: status.unsealedCount }) : null,
            check && check.lateCount > 0 ? t('audit.late', { count: check.lateCount }) : null,
          ]
            .filter(Boolean)
            .join(' ')}
        </p>
        {isBroken ? <Faults check={check} status={status} /> : null}
        {checkError ? (
          <p role="alert" className="mt-1 font-medium text-danger">
            {[t('audit.checkFailed'), errorWords(checkError)].join(' ')}
          </p>
        ) : null}
      </div>
      {running ? (
        <div className="flex w-full flex-col gap-1 sm:w-64">
          <progress className="h-2 w-full accent-primary" max={Math.max(1, running.rowsTotal)} value={running.rowsChecked} aria-label={t('audit.checking')} />
          <p className="tabular text-xs text-muted">{t('audit.progress', { done: running.rowsChecked, total: running.rowsTotal })}</p>
        </div>
      ) : (
        <Button onClick={onCheck}>{t('audit.verify')}</Button>
      )}
    </section>
  );
}

function Faults({ check, status }: { check: AuditCheck; status: AuditStatus }) {
  const place = (fault: AuditFault): string => status.chains.find((chain) => chain.locationId === fault.locationId)?.name ?? t('audit.shared');
  return (
    <ul role="list" className="mt-2 flex flex-col gap-1 text-danger">
      {check.faults.slice(0, 10).map((fault) => (
        <li key={`${fault.locationId ?? ''} ${fault.position} ${fault.kind}`} className="break-words">
          {t(`audit.fault.${fault.kind}`, { position: fault.position, place: place(fault) })}
        </li>
      ))}
      {check.faultCount > 10 ? <li>{t('audit.moreFaults', { count: check.faultCount - 10 })}</li> : null}
    </ul>
  );
}
