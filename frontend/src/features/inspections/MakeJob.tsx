import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ChevronDown, Wrench } from 'lucide-react';
import { useState } from 'react';
import { Badge } from '@/components/ui/Badge';
import { Button } from '@/components/ui/Button';
import { IconButton } from '@/components/ui/IconButton';
import { Menu } from '@/components/ui/Menu';
import { useAppointmentActions } from '@/contexts/AppointmentContext';
import '@/i18n/late/inspections';
import { t } from '@/i18n/t';
import { moneyText } from '@/lib/money';
import type { Checklist, InspectionItem } from '@/types';
import { useInspectionPlace } from './InspectionContext';
import { inspectionQueries } from './queries';

/** A finding becomes a priced job with one press: the canned job that fits best, or another one from the menu. */
export function MakeJob({ list, item }: { list: Checklist; item: InspectionItem }) {
  const { acts, attempt, canSell, appointment } = useInspectionPlace();
  const { setTab } = useAppointmentActions();
  const client = useQueryClient();
  const [isAsked, setAsked] = useState(false);
  const { data: offers } = useQuery({ ...inspectionQueries.offers(list.id, item.id), enabled: isAsked });
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
  if (!canSell || (item.result !== 'attention' && item.result !== 'fail')) return null;
  const { label } = item;
  const add = (body: { catalogId?: string; name?: string }, name: string): void => void attempt(acts.addJob(list.id, item.id, body), t('inspection.job.done', { name }));
  const addBest = (): void => {
    void client.ensureQueryData(inspectionQueries.offers(list.id, item.id)).then(
      ([best]) => add({}, best?.name ?? label),
      () => add({}, label),
    );
  };
  const currency = appointment.location.currency;
  const menu = [
    ...(offers ?? []).map((offer) => ({
      id: offer.catalogId,
      label: offer.name,
      ...(offer.priceCents === null ? {} : { detail: moneyText(offer.priceCents, currency) }),
      onSelect: () => add({ catalogId: offer.catalogId }, offer.name),
    })),
    ...(offers ? [] : [{ id: 'loading', label: t('inspection.job.loading'), isDisabled: true, onSelect: () => undefined }]),
    'separator' as const,
    { id: 'plain', label: t('inspection.job.plain'), detail: t('inspection.job.plain.detail', { label }), onSelect: () => add({ name: label }, label) },
  ];
  const choose = t('inspection.job.choose', { label });
  return (
    <div className="flex items-center gap-1">
      <Button size="sm" icon={<Wrench size={14} aria-hidden />} aria-label={t('inspection.job.of', { label })} isPending={acts.isPending} onClick={addBest}>
        {t('inspection.job')}
      </Button>
      <Menu label={choose} items={menu}>
        {(trigger) => (
          <IconButton
            icon={ChevronDown}
            label={choose}
            {...trigger}
            onClick={(event) => {
              setAsked(true);
              trigger.onClick(event);
            }}
          />
        )}
      </Menu>
    </div>
  );
}
