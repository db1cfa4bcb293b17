import { useQuery, useQueryClient } from '@tanstack/react-query';
import { CloudOff } from 'lucide-react';
import { ErrorState } from '@/components/ui/ErrorState';
import { SkeletonLines } from '@/components/ui/Skeleton';
import { useCan } from '@/contexts/SessionContext';
import '@/i18n/late/payments';
import { t } from '@/i18n/t';
import { useLive, useLiveState, usePollInterval } from '@/lib/events';
import { paymentKeys } from '@/lib/query-keys';
import { Balance } from './Balance';
import { InvoiceBlock } from './InvoiceBlock';
import { LedgerList } from './LedgerList';
import { ledgerQuery } from './queries';
import { TakePayment } from './TakePayment';

const LOOK_EVERY = 5_000;

/** A visit's money: what is owed, taking and giving back, the ledger, the invoice. Follows what others do. */
export function PaymentsPanel({ appointmentId }: { appointmentId: string }) {
  const client = useQueryClient();
  const poll = usePollInterval(LOOK_EVERY);
  // Who has no board hears nothing of visits on the stream.
  const isTold = useCan('board:view');
  const { data, error, refetch } = useQuery({ ...ledgerQuery(appointmentId), refetchInterval: isTold ? poll : LOOK_EVERY });
  const mayRecord = useCan('payment:record');
  const isOffline = useLiveState().mode === 'offline';
  const renew = (): void => void client.invalidateQueries({ queryKey: paymentKeys.ledger(appointmentId) });
  useLive('appointment', (event) => {
    if (event.id === appointmentId) renew();
  });
  useLive('resync', renew);

  if (!data && error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) {
    return (
      <div className="p-4">
        <SkeletonLines lines={7} label={t('payments.loading')} />
      </div>
    );
  }
  return (
    <div className="flex flex-col gap-5 px-4 py-4">
      {isOffline ? (
        <p role="status" className="flex items-start gap-2.5 rounded-control bg-warning-soft px-3 py-2 font-medium text-warning">
          <CloudOff size={16} aria-hidden className="mt-0.5 shrink-0" />
          {t('payments.offline')}
        </p>
      ) : null}
      <Balance visit={data.appointment} />
      {mayRecord ? <TakePayment visit={data.appointment} isOffline={isOffline} /> : null}
      <section aria-labelledby="ledger-title">
        <h3 id="ledger-title" className="font-semibold">
          {t('payments.ledger')}
        </h3>
        <LedgerList ledger={data} isOffline={isOffline} />
      </section>
      <InvoiceBlock ledger={data} isOffline={isOffline} />
    </div>
  );
}
