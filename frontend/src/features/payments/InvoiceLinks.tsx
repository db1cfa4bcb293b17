import { useQuery } from '@tanstack/react-query';
import { Link2Off, Send } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/Button';
import { toast } from '@/components/ui/toast-store';
import { useCan } from '@/contexts/SessionContext';
import { t } from '@/i18n/t';
import { errorWords } from '@/lib/error-words';
import { formatWhen } from '@/lib/time';
import type { Ledger } from '@/types';
import { useInvoiceLinks } from './mutations';
import { invoiceLinksQuery } from './queries';
import { SendInvoice } from './SendInvoice';

/** How often it is asked whether the customer has looked: nobody is told of it otherwise. */
const LOOK_EVERY = 15_000;

/** The links by which the customer sees the standing invoice and pays it: send one, see when it was opened, take it back. */
export function InvoiceLinks({ visit, isOffline }: { visit: Ledger['appointment']; isOffline: boolean }) {
  const maySend = useCan('payment:record');
  const { data } = useQuery({ ...invoiceLinksQuery(visit.id), refetchInterval: LOOK_EVERY });
  const acts = useInvoiceLinks(visit.id);
  const [isSending, setSending] = useState(false);
  const newest = data?.items.find((link) => link.isOpen);
  const zone = visit.timezone;

  const takeBack = (id: string): void => {
    acts.revoke(id).then(
      () => toast({ tone: 'success', title: t('invoice.link.revoked') }),
      (error: unknown) => toast({ tone: 'error', title: t('invoice.link.failed'), detail: errorWords(error) }),
    );
  };

  return (
    <div className="mt-3 flex flex-col gap-1 border-t border-line pt-3">
      {newest ? (
        <p className="text-muted">
          {newest.openedAt
            ? t('invoice.link.opened', { made: formatWhen(newest.createdAt, zone), opened: formatWhen(newest.openedAt, zone) })
            : t('invoice.link.made', { made: formatWhen(newest.createdAt, zone), until: formatWhen(newest.expiresAt, zone) })}
        </p>
      ) : null}
      {maySend ? (
        <div className="flex flex-wrap gap-2">
          <Button icon={<Send size={16} aria-hidden />} disabled={isOffline} onClick={() => setSending(true)}>
            {t(visit.balanceCents > 0 ? 'invoice.link.pay' : 'invoice.link.see')}
          </Button>
          {newest ? (
            <Button icon={<Link2Off size={16} aria-hidden />} disabled={isOffline || acts.isPending} onClick={() => takeBack(newest.id)}>
              {t('invoice.link.revoke')}
            </Button>
          ) : null}
        </div>
      ) : null}
      {isSending ? <SendInvoice visit={visit} acts={acts} onClose={() => setSending(false)} /> : null}
    </div>
  );
}
