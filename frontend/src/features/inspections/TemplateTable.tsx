import { useQuery } from '@tanstack/react-query';
import { ClipboardList, Pencil, Trash2 } from 'lucide-react';
import { useRef } from 'react';
import { Badge } from '@/components/ui/Badge';
import { Button } from '@/components/ui/Button';
import { EmptyState } from '@/components/ui/EmptyState';
import { ErrorState } from '@/components/ui/ErrorState';
import { IconButton } from '@/components/ui/IconButton';
import { SkeletonLines } from '@/components/ui/Skeleton';
import { useShopLocation } from '@/contexts/LocationContext';
import '@/i18n/late/inspections';
import { LOCALE, t } from '@/i18n/t';
import { useFocusKeeper } from '@/lib/focus-keeper';
import type { InspectionTemplate } from '@/types';
import { inspectionQueries } from './queries';

interface TemplateTableProps {
  onNew: () => void;
  onEdit: (template: InspectionTemplate) => void;
  onDelete: (template: InspectionTemplate) => void;
}

/** The templates with what they are for. */
export function TemplateTable({ onNew, onEdit, onDelete }: TemplateTableProps) {
  const { location, locations } = useShopLocation();
  const { data, error, refetch } = useQuery(inspectionQueries.templates(location.id, true));
  const list = useRef<HTMLUListElement>(null);
  useFocusKeeper(list, () => list.current?.querySelector<HTMLElement>('button'));
  if (!data) {
    return error ? (
      <ErrorState error={error} onRetry={() => void refetch()} />
    ) : (
      <div className="px-4 py-3 sm:px-6">
        <SkeletonLines lines={6} label={t('inspections.loading')} />
      </div>
    );
  }
  if (data.length === 0) {
    return (
      <EmptyState
        icon={ClipboardList}
        title={t('inspections.empty.title')}
        detail={t('inspections.empty.detail')}
        action={
          <Button tone="primary" onClick={onNew}>
            {t('inspections.new')}
          </Button>
        }
      />
    );
  }
  return (
    <ul ref={list} role="list" aria-label={t('inspections.list')} className="divide-y divide-line">
      {data.map((template) => {
        const { name } = template;
        const place = locations.length > 1 ? (locations.find((one) => one.id === template.locationId)?.name ?? t('inspections.everywhere')) : null;
        return (
          <li key={template.id} className="flex items-center justify-between gap-3 px-4 py-3 sm:px-6">
            <div className="min-w-0">
              <p className="flex flex-wrap items-center gap-2">
                <span className="font-medium break-words">{name}</span>
                {template.isActive ? null : <Badge>{t('inspections.off')}</Badge>}
              </p>
              <p className="text-muted">{fitWords(template)}</p>
              <p className="text-xs text-muted">{[t('inspection.start.points', { count: template.points.length }), t('inspections.version', { number: template.versionNo }), place].filter(Boolean).join(' · ')}</p>
            </div>
            <span className="shrink-0">
              <IconButton icon={Pencil} label={t('inspections.edit', { name })} onClick={() => onEdit(template)} />
              <IconButton icon={Trash2} label={t('inspections.delete', { name })} onClick={() => onDelete(template)} />
            </span>
          </li>
        );
      })}
    </ul>
  );
}

const number = new Intl.NumberFormat(LOCALE);

function rangeWords(least: number | null, most: number | null): string | null {
  if (least !== null && most !== null) return t('inspections.fit.range', { least: number.format(least), most: number.format(most) });
  if (least !== null) return t('inspections.fit.from', { least: number.format(least) });
  return most === null ? null : t('inspections.fit.to', { most: number.format(most) });
}

/** For which visits and cars a template is, "visits of kind “brakes” · cars 5 and over years old". */
function fitWords(template: InspectionTemplate): string {
  const age = rangeWords(template.fromAge, template.toAge);
  const mileage = rangeWords(template.fromMileage, template.toMileage);
  const words = [template.visitType ? t('inspections.fit.kind', { kind: template.visitType }) : null, age ? t('inspections.fit.age', { range: age }) : null, mileage ? t('inspections.fit.mileage', { range: mileage }) : null].filter(Boolean).join(' · ');
  return words || t('inspections.any');
}
