import { ListFilter, Lock } from 'lucide-react';
import { IconButton } from '@/components/ui/IconButton';
import { useAppointmentActions } from '@/contexts/AppointmentContext';
import { useVisitAccess } from '@/contexts/SessionContext';
import '@/i18n/late/audit';
import '@/i18n/late/history';
import { t, wordFor } from '@/i18n/t';
import { formatTime } from '@/lib/time';
import type { TrailRow } from '@/types';
import type { FieldWording } from './row-words';
import { actionWords, entityWords, fieldLines } from './row-words';

interface AuditRowProps {
  row: TrailRow;
  zone: string;
  place: string | null;
  wording: FieldWording;
  /** Shows all that happened to the same thing; null where that is what is shown. */
  onFollow: (() => void) | null;
}

/** One act: who, what, about what, before and after, why, from where, and whether it is sealed. */
export function AuditRow({ row, zone, place, wording, onFollow }: AuditRowProps) {
  const lines = fieldLines(row, zone, wording);
  const role = wordFor(`role.${row.actorRole ?? ''}`);
  const origin = [place, row.ip ? t('audit.from', { ip: row.ip }) : null, row.userAgent ? browserWords(row.userAgent) : null].filter(Boolean).join(' · ');
  return (
    <li className="grid gap-x-4 gap-y-1 border-t border-line px-4 py-3 sm:grid-cols-[5.5rem_minmax(0,1fr)_auto] sm:px-6">
      <time dateTime={row.at} className="tabular text-muted">
        {formatTime(row.at, zone)}
      </time>
      <div className="min-w-0">
        <p className="break-words">
          <span className="font-medium">{row.actorName ?? wordFor(`history.actor.${row.actorKind}`) ?? t('history.system')}</span>{' '}
          {role ? <span className="text-xs text-muted">{role} </span> : null}
          {actionWords(row.action)}
          {row.label ? <Subject label={row.label} appointmentId={row.appointmentId} /> : null}
        </p>
        {lines.length > 0 ? (
          <dl className="mt-1 grid gap-x-3 gap-y-0.5 text-sm sm:grid-cols-[minmax(7rem,auto)_minmax(0,1fr)]">
            {lines.map((line) => (
              <div key={line.field} className="contents">
                <dt className="text-muted">{line.field}</dt>
                <dd className="min-w-0 break-words">
                  {/* What stayed as it was is told to say of what; what is new came from nothing. */}
                  {line.before === line.after || line.before === null ? null : (
                    <>
                      <span className="sr-only">{t('audit.before')} </span>
                      <span className="text-muted line-through decoration-line-strong">{line.before}</span>
                      <span aria-hidden> → </span>
                      <span className="sr-only">{t('audit.after')} </span>
                    </>
                  )}
                  {line.after === null ? <span className="text-muted">{t('audit.nothing')}</span> : <span className="font-medium">{line.after}</span>}
                </dd>
              </div>
            ))}
          </dl>
        ) : null}
        {row.reason ? <p className="mt-1 break-words">{t('history.because', { reason: row.reason })}</p> : null}
        {origin ? <p className="mt-1 text-xs break-words text-muted">{origin}</p> : null}
      </div>
      <div className="flex items-start gap-1 sm:justify-end">
        <span className="flex items-center gap-1 pt-1 text-xs whitespace-nowrap text-muted">
          {row.position === null ? (
            t('audit.row.unsealed')
          ) : (
            <>
              <Lock size={12} aria-hidden />
              {row.locationId === null ? t('audit.row.shared', { position: row.position }) : place ? t('audit.row.of', { position: row.position, place }) : t('audit.row.link', { position: row.position })}
            </>
          )}
        </span>
        {onFollow ? <IconButton icon={ListFilter} label={t('audit.follow', { what: entityWords(row) })} onClick={onFollow} /> : null}
      </div>
    </li>
  );
}

/** The visit that a row is about, and which job or line of it; leads there who may see it. */
function Subject({ label, appointmentId }: { label: string; appointmentId: string | null }) {
  const access = useVisitAccess();
  const { open } = useAppointmentActions();
  if (appointmentId === null || access === null) return <span className="text-muted"> {label}</span>;
  return (
    <>
      {' '}
      <button type="button" className="text-left text-primary hover:underline pointer-coarse:min-h-11" onClick={() => open(appointmentId)}>
        {label}
      </button>
    </>
  );
}

/** The browser's and the system's name out of what a program calls itself. */
function browserWords(agent: string): string {
  const browser = /(Edg|Firefox|Chrome|Safari)\//.exec(agent)?.[1] ?? agent.split(/[ /]/)[0] ?? agent;
  const system = /(Android|iPhone|iPad|Windows|Mac OS|Linux)/.exec(agent)?.[1];
  return [browser === 'Edg' ? 'Edge' : browser, system].filter(Boolean).join(', ');
}
