import { useQuery } from '@tanstack/react-query';
import { ChevronDown, Wrench } from 'lucide-react';
import { Badge } from '@/components/ui/Badge';
import { Button } from '@/components/ui/Button';
import { IconButton } from '@/components/ui/IconButton';
import { Menu } from '@/components/ui/Menu';
import { toast } from '@/components/ui/toast-store';
import { useAppointmentActions } from '@/contexts/AppointmentContext';
import '@/i18n/late/inspections';
import { t } from '@/i18n/t';
import { moneyText } from '@/lib/money';
import type { Checklist, InspectionItem } from '@/types';
import { useInspectionPlace } from './InspectionContext';
import type { JobWish } from './mutations';
import { inspectionQueries } from './queries';

/** The job of what a point found. What the car is known to need already is added where that is listed, and nowhere else. */
export function MakeJob({ list, item }: { list: Checklist; item: InspectionItem }) {
  const { acts, canSell, appointment } = useInspectionPlace();
  const { setTab } = useAppointmentActions();
  const { data: known = [] } = useQuery(inspectionQueries.findings(appointment.id));
  if (item.jobId !== null) {
    return (
      <div>
        <button type="button" className="rounded-chip pointer-coarse:min-h-11" onClick={() => setTab('services')}>
          <Badge tone="info" icon={Wrench}>
            {t('inspection.job.on')}
          </Badge>
        </button>
      </div>
    );
  }
  const isFound = item.result === 'attention' || item.result === 'fail';
  if (!canSell || !isFound || known.some((finding) => finding.itemId === item.id)) return null;
  return <AddToEstimate label={item.label} listId={list.id} itemId={item.id} add={(wish) => acts.addJob(list.id, item.id, wish)} />;
}

interface AddToEstimateProps {
  label: string;
  listId: string;
  itemId: string;
  /** The job of an earlier visit that was declined is offered again, at its price. */
  isRevived?: boolean;
  add: (wish: JobWish) => Promise<string>;
}

/** A finding becomes a priced job with one press: the canned job that fits best, which stands beside it, or another one from the menu. */
export function AddToEstimate({ label, listId, itemId, isRevived = false, add }: AddToEstimateProps) {
  const { acts, attempt, appointment } = useInspectionPlace();
  const { data: offers } = useQuery(inspectionQueries.offers(listId, itemId));
  const { currency } = appointment.location;
  const best = isRevived ? undefined : offers?.[0];
  const priceOf = (cents: number | null | undefined): string | null => (cents === null || cents === undefined ? null : moneyText(cents, currency));

  const take = (wish: JobWish, name: string, price: string | null = null): void => {
    void attempt(add(wish)).then((jobId) => {
      if (jobId === null) return;
      toast({
        tone: 'success',
        key: `finding ${itemId}`,
        title: t('inspection.job.done', { name }),
        ...(price !== null || name !== label ? { detail: [price, name === label ? null : t('inspection.job.done.for', { label })].filter(Boolean).join(' · ') } : {}),
        action: { label: t('action.undo'), run: () => void attempt(acts.takeBackJob(jobId), t('inspection.job.undone', { name })) },
      });
    });
  };
  const menu = [
    ...(offers ?? []).map((offer) => {
      const price = priceOf(offer.priceCents);
      return { id: offer.catalogId, label: offer.name, ...(price === null ? {} : { detail: price }), onSelect: () => take({ catalogId: offer.catalogId }, offer.name, price) };
    }),
    ...(offers ? [] : [{ id: 'loading', label: t('inspection.job.loading'), isDisabled: true, onSelect: () => undefined }]),
    'separator' as const,
    { id: 'plain', label: t('inspection.job.plain'), detail: t('inspection.job.plain.detail', { label }), onSelect: () => take({ name: label }, label) },
  ];
  const choose = t('inspection.job.choose', { label });
  // What was shown is what is added, whatever the catalogue would suggest by now.
  const press = (): void => (best ? take({ catalogId: best.catalogId }, best.name, priceOf(best.priceCents)) : take({}, label));
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
      <div className="flex items-center gap-1">
        <Button size="sm" icon={<Wrench size={14} aria-hidden />} aria-label={t('inspection.job.of', { label })} isPending={acts.isPending} onClick={press}>
          {t('inspection.job')}
        </Button>
        <Menu label={choose} items={menu}>
          {(trigger) => <IconButton icon={ChevronDown} label={choose} {...trigger} />}
        </Menu>
      </div>
      <span className="min-w-0 text-xs break-words text-muted">
        {isRevived ? t('inspection.job.revive') : best ? [best.name, priceOf(best.priceCents)].filter(Boolean).join(' · ') : offers ? t('inspection.job.none') : null}
      </span>
    </div>
  );
}
