import { useQuery } from '@tanstack/react-query';
import { Download, X } from 'lucide-react';
import { Button } from '@/components/ui/Button';
import { useShopLocation } from '@/contexts/LocationContext';
import { useCan } from '@/contexts/SessionContext';
import { LOCALE, t } from '@/i18n/t';
import { exportAllowance } from '@/lib/data/exports';
import { formatTime } from '@/lib/time';
import { Faults } from './Faults';
import { RangeFields, useRange } from './RangeFields';
import type { Running } from './useDownload';
import { useDownload } from './useDownload';

const REPORTS = ['payments', 'journal', 'appointments', 'audit'] as const;

/** Files for a spreadsheet or the accountant's program: few an hour, whole or not at all. */
export function Exports() {
  const { location } = useShopLocation();
  const range = useRange();
  const seesAudit = useCan('audit:view');
  const allowance = useQuery(exportAllowance());
  const { running, faults, start, cancel } = useDownload(location.id, range);
  const left = allowance.data?.remaining;
  return (
    <div className="mx-auto flex max-w-5xl flex-col gap-6">
      <RangeFields />
      <div>
        {allowance.data ? (
          <p className="font-medium" aria-live="polite">
            {t('exports.left', { count: allowance.data.remaining, limit: String(allowance.data.limit) })}
            {left === 0 && allowance.data.nextAt ? ` ${t('exports.next', { time: formatTime(allowance.data.nextAt, location.timezone) })}` : ''}
          </p>
        ) : null}
        <p className="text-muted">{t('exports.lead')}</p>
      </div>
      {faults.length > 0 ? <Faults title={t('exports.disagree.title')} detail={t('exports.disagree.detail')} faults={faults} /> : null}
      <ul role="list" className="flex flex-col">
        {REPORTS.filter((report) => report !== 'audit' || seesAudit).map((report) => {
          const name = t(`exports.${report}`);
          const isRunning = running?.report === report;
          return (
            <li key={report} className="flex flex-wrap items-center gap-x-6 gap-y-2 border-t border-line py-3">
              <div className="min-w-60 flex-1">
                <h2 className="font-semibold">{name}</h2>
                <p className="text-muted">{t(`exports.${report}.detail`)}</p>
              </div>
              {isRunning ? (
                <Button icon={<X size={16} aria-hidden />} onClick={cancel}>
                  {t('exports.cancel')}
                </Button>
              ) : (
                <Button
                  icon={<Download size={16} aria-hidden />}
                  aria-label={t('exports.start', { name })}
                  disabled={running !== null || left === 0}
                  onClick={() => start(report, name)}
                >
                  {t('exports.csv')}
                </Button>
              )}
              {isRunning ? <Bar name={name} running={running} /> : null}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function Bar({ name, running: { progress } }: { name: string; running: Running }) {
  const share = progress && progress.total > 0 ? Math.min(1, progress.rows / progress.total) : 0;
  return (
    <div className="w-full">
      <div
        role="progressbar"
        aria-label={t('exports.progressOf', { name })}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share * 100)}
        className="h-2 overflow-hidden rounded-chip bg-sunken"
      >
        <div className="h-full bg-primary" style={{ width: `${share * 100}%` }} />
      </div>
      {progress ? (
        <p className="tabular mt-1 text-xs text-muted">
          {t('exports.progress', { rows: progress.rows.toLocaleString(LOCALE), total: progress.total.toLocaleString(LOCALE) })}
        </p>
      ) : null}
    </div>
  );
}
