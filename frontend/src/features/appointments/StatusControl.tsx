import { ChevronDown } from 'lucide-react';
import { clsx } from 'clsx';
import { Button } from '@/components/ui/Button';
import { Menu } from '@/components/ui/Menu';
import { OverlapDialog } from '@/components/ui/OverlapDialog';
import { ReasonDialog } from '@/components/ui/ReasonDialog';
import { useSession } from '@/contexts/SessionContext';
import { t } from '@/i18n/t';
import { STATUS, STATUSES, moveRefusal, readyReasonWords } from '@/lib/status';
import type { DrawerData, Status } from '@/types';
import { useStatusChange } from './useStatusChange';

/** The usual next step from each state. */
const NEXT: Record<Status, Exclude<Status, 'CANCELED' | 'NO_SHOW'> | null> = {
  SCHEDULED: 'IN_PROGRESS',
  IN_PROGRESS: 'READY',
  READY: 'COMPLETED',
  COMPLETED: null,
  CANCELED: 'SCHEDULED',
  NO_SHOW: 'SCHEDULED',
};

/** The job's state with the menu of all states, and the usual next step as one button. */
export function StatusControl({ appointment, name, zone }: { appointment: DrawerData['appointment']; name: string; zone: string }) {
  const { can } = useSession();
  const { isPending, asking, overlap, change, giveReason, override, cancel } = useStatusChange(appointment, zone);
  const { status } = appointment;
  const look = STATUS[status];
  const Icon = look.icon;
  const next = NEXT[status];
  const number = String(appointment.number);

  return (
    <>
      {can('appointment:move') ? (
        <Menu
          label={t('drawer.status.menu', { number })}
          items={STATUSES.map((to) => {
            const refusal = moveRefusal(status, to, can);
            const detail = to === status ? t('move.here') : refusal ? t(refusal, { status: t(look.word) }) : '';
            return {
              id: to,
              label: t(STATUS[to].word),
              icon: STATUS[to].icon,
              letter: STATUS[to].letter,
              isCurrent: to === status,
              isDisabled: to === status || refusal !== null,
              ...(detail ? { detail } : {}),
              onSelect: () => change(to),
            };
          })}
        >
          {(trigger) => (
            <button
              type="button"
              {...trigger}
              disabled={isPending}
              aria-label={t('drawer.status', { status: t(look.word) })}
              className={clsx(
                'inline-flex h-9 items-center gap-1.5 rounded-full pr-2.5 pl-3 font-semibold whitespace-nowrap disabled:opacity-60 pointer-coarse:h-11',
                look.pill,
              )}
            >
              <Icon size={16} aria-hidden />
              {t(look.word)}
              <ChevronDown size={16} aria-hidden />
            </button>
          )}
        </Menu>
      ) : (
        <span className={clsx('inline-flex h-9 items-center gap-1.5 rounded-full px-3 font-semibold', look.pill)}>
          <Icon size={16} aria-hidden />
          {t(look.word)}
        </span>
      )}
      {next && moveRefusal(status, next, can) === null ? (
        <Button tone="primary" isPending={isPending} pendingLabel={t('action.saving')} onClick={() => change(next)}>
          {t(`drawer.next.${next}`)}
        </Button>
      ) : null}
      {asking ? (
        <ReasonDialog
          {...readyReasonWords(name, status === 'IN_PROGRESS' ? (appointment.failedCheck?.kind ?? null) : null)}
          onSubmit={giveReason}
          onClose={cancel}
        >
          {status === 'IN_PROGRESS' && appointment.failedCheck?.note ? <p className="font-medium break-words whitespace-pre-line">{appointment.failedCheck.note}</p> : null}
        </ReasonDialog>
      ) : null}
      {overlap ? (
        <OverlapDialog
          collisions={overlap}
          zone={zone}
          canOverride={can('appointment:overbook')}
          isPending={isPending}
          onOverride={override}
          onClose={cancel}
        />
      ) : null}
    </>
  );
}
