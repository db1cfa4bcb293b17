import { useQuery } from '@tanstack/react-query';
import { ChevronDown, ClipboardPlus } from 'lucide-react';
import { Link } from 'react-router';
import { Button, buttonClasses } from '@/components/ui/Button';
import { ErrorState } from '@/components/ui/ErrorState';
import { Menu } from '@/components/ui/Menu';
import { useSession } from '@/contexts/SessionContext';
import '@/i18n/late/inspections';
import { t } from '@/i18n/t';
import { useInspectionPlace } from './InspectionContext';
import { inspectionQueries } from './queries';

interface StartInspectionProps {
  /** The template that is made for this visit. */
  bestId: string | null;
  isFirst: boolean;
}

/** Starts an inspection: with the template that fits best, or another one from the menu. */
export function StartInspection({ bestId, isFirst }: StartInspectionProps) {
  const { appointment, acts, attempt } = useInspectionPlace();
  const { can } = useSession();
  const { data: templates, error, refetch } = useQuery(inspectionQueries.templates(appointment.locationId));
  if (!templates) return error ? <ErrorState error={error} onRetry={() => void refetch()} /> : null;
  if (templates.length === 0) {
    return (
      <div className="flex flex-col items-center gap-2 text-center">
        <p className="text-muted">
          {t('inspection.none.title')}. {t('inspection.none.detail')}
        </p>
        {can('catalog:manage') ? (
          <Link to="/settings/inspections" className={buttonClasses('primary')}>
            {t('inspection.none.make')}
          </Link>
        ) : null}
      </div>
    );
  }
  const start = (id: string): void => void attempt(acts.start(id));
  const ordered = [...templates].sort((one, other) => Number(other.id === bestId) - Number(one.id === bestId));
  const words = t(isFirst ? 'inspection.start' : 'inspection.start.another');
  const icon = <ClipboardPlus size={16} aria-hidden />;
  const [first] = ordered;
  if (first && ordered.length === 1) {
    return (
      <div>
        <Button tone={isFirst ? 'primary' : 'secondary'} icon={icon} isPending={acts.isPending} onClick={() => start(first.id)}>
          {words}
        </Button>
      </div>
    );
  }
  return (
    <div>
      <Menu
        label={words}
        items={ordered.map((one) => ({
          id: one.id,
          label: one.name,
          detail: [one.id === bestId ? t('inspection.start.fits') : null, t('inspection.start.points', { count: one.points.length })].filter(Boolean).join(' · '),
          onSelect: () => start(one.id),
        }))}
      >
        {(trigger) => (
          <Button tone={isFirst ? 'primary' : 'secondary'} icon={icon} isPending={acts.isPending} {...trigger}>
            {words}
            <ChevronDown size={16} aria-hidden />
          </Button>
        )}
      </Menu>
    </div>
  );
}
