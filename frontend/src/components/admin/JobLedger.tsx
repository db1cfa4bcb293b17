import { useQuery } from '@tanstack/react-query';
import { SearchX, X } from 'lucide-react';
import { useId } from 'react';
import { ApiError } from '@/api';
import { Button } from '@/components/ui/Button';
import { Drawer } from '@/components/ui/Drawer';
import { EmptyState } from '@/components/ui/EmptyState';
import { IconButton } from '@/components/ui/IconButton';
import { useAppointmentActions } from '@/contexts/AppointmentContext';
import { useSession } from '@/contexts/SessionContext';
import { PaymentsPanel } from '@/features/payments/PaymentsPanel';
import { ledgerQuery } from '@/features/payments/queries';
import { t } from '@/i18n/t';
import { useTitle } from '@/lib/title';

/** A visit's money over the page, for those who keep the books and do not see jobs. */
export function JobLedger({ id }: { id: string }) {
  const titleId = useId();
  const { close } = useAppointmentActions();
  const { me } = useSession();
  const { data, error } = useQuery(ledgerQuery(id));
  const visit = data?.appointment;
  const isGone = error instanceof ApiError && error.status === 404;
  useTitle(visit ? t('title.job', { number: String(visit.number), brand: me.brand.name }) : me.brand.name);
  return (
    <Drawer labelledBy={titleId} onClose={close}>
      <header className="flex shrink-0 items-start gap-3 border-b border-line py-2 pr-2 pl-4">
        <div className="min-w-0 flex-1 py-1">
          <p className="tabular text-muted">{visit ? t('drawer.label', { number: String(visit.number) }) : null}</p>
          <h2 id={titleId} tabIndex={-1} className="truncate text-lg font-semibold">
            {isGone ? t('ledger.gone.title') : (visit?.customerName ?? visit?.vehicle ?? t('payments.loading'))}
          </h2>
          <p className="truncate text-muted">{[visit?.customerName ? visit.vehicle : null, visit?.plate, visit?.servicesSummary, visit?.locationName].filter(Boolean).join(' · ')}</p>
        </div>
        <IconButton icon={X} label={t('action.close')} onClick={close} />
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto overscroll-contain">
        {isGone ? (
          <EmptyState icon={SearchX} title={t('ledger.gone.detail')} action={<Button onClick={close}>{t('action.close')}</Button>} />
        ) : (
          <PaymentsPanel appointmentId={id} />
        )}
      </div>
    </Drawer>
  );
}
