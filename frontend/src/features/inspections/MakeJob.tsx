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
import { serviceQueries } from '@/lib/data/services';
import { moneyText } from '@/lib/money';
import type { Checklist, InspectionItem, Job } from '@/types';
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
  const { data: sheet } = useQuery(serviceQueries.sheet(appointment.id));
  const { currency } = appointment.location;
  /** The job of this visit that a canned job would only repeat. */
  const jobOf = (catalogId: string) => (sheet?.jobs ?? []).find((job) => job.catalogId === catalogId);
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
  const link = ({ id: jobId, name }: Job): void => {
    void attempt(add({ jobId })).then((done) => {
      if (done !== null) toast({ tone: 'success', key: `finding ${itemId}`, title: t('inspection.job.linked', { label, name }) });
    });
  };
  const menu = [
    ...(offers ?? []).map((offer) => {
      const there = jobOf(offer.catalogId);
      if (there) return { id: offer.catalogId, label: there.name, detail: t('inspection.job.there.detail'), onSelect: () => link(there) };
      const price = priceOf(offer.priceCents);
      return { id: offer.catalogId, label: offer.name, ...(price === null ? {} : { detail: price }), onSelect: () => take({ catalogId: offer.catalogId }, offer.name, price) };
    }),
    ...(offers ? [] : [{ id: 'loading', label: t('inspection.job.loading'), isDisabled: true, onSelect: () => undefined }]),
    'separator' as const,
    { id: 'plain', label: t('inspection.job.plain'), detail: t('inspection.job.plain.detail', { label }), onSelect: () => take({ name: label }, label) },
  ];
  const choose = t('inspection.job.choose', { label });
  // What was shown is what is added, whatever the catalogue would suggest by now.
  const there = best ? jobOf(best.catalogId) : undefined;
  const press = (): void => (there ? link(there) : best ? take({ catalogId: best.catalogId }, best.name, priceOf(best.priceCents)) : take({}, label));
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
      <div className="flex items-center gap-1">
        <Button size="sm" icon={<Wrench size={14} aria-hidden />} aria-label={there ? t('inspection.job.link.of', { label, name: there.name }) : t('inspection.job.of', { label })} isPending={acts.isPending} onClick={press}>
          {t(there ? 'inspection.job.link' : 'inspection.job')}
        </Button>
        <Menu label={choose} items={menu}>
          {(trigger) => <IconButton icon={ChevronDown} label={choose} {...trigger} />}
        </Menu>
      </div>
      <span className="min-w-0 text-xs break-words text-muted">
        {isRevived ? t('inspection.job.revive') : there ? t('inspection.job.there', { name: there.name }) : best ? [best.name, priceOf(best.priceCents)].filter(Boolean).join(' · ') : offers ? t('inspection.job.none') : null}
      </span>
    </div>
  );
}
