import { useQuery } from '@tanstack/react-query';
import { BookOpenText, Globe, Pencil, SearchX, Trash2 } from 'lucide-react';
import { useRef, useState } from 'react';
import { Badge } from '@/components/ui/Badge';
import { Button } from '@/components/ui/Button';
import { EmptyState } from '@/components/ui/EmptyState';
import { ErrorState } from '@/components/ui/ErrorState';
import { IconButton } from '@/components/ui/IconButton';
import { Input } from '@/components/ui/Input';
import { SkeletonLines } from '@/components/ui/Skeleton';
import { useShopLocation } from '@/contexts/LocationContext';
import '@/i18n/late/catalog';
import { t } from '@/i18n/t';
import { catalogQueries } from '@/lib/data/catalog';
import { find } from '@/lib/find';
import { useFocusKeeper } from '@/lib/focus-keeper';
import { moneyText } from '@/lib/money';
import type { CatalogJob } from '@/types';

interface JobTableProps {
  onNew: () => void;
  onEdit: (job: CatalogJob) => void;
  onDelete: (job: CatalogJob) => void;
}

/** What the shop sells, found by typing. */
export function JobTable({ onNew, onEdit, onDelete }: JobTableProps) {
  const { location, locations } = useShopLocation();
  const { data, error, refetch } = useQuery(catalogQueries.jobs(location.id, { all: true }));
  const [typed, setTyped] = useState('');
  const list = useRef<HTMLTableElement>(null);
  const search = useRef<HTMLInputElement>(null);
  useFocusKeeper(list, () => search.current);
  const shown = find(data ?? [], typed, (one) => [one.name, one.category]);
  const isShared = locations.length > 1;

  return (
    <div className="@container flex min-h-0 flex-1 flex-col overflow-y-auto bg-surface">
      <div className="px-4 py-3 sm:max-w-96 @2xl:px-6">
        <Input ref={search} data-search type="search" aria-label={t('catalog.search')} placeholder={t('catalog.search')} value={typed} onChange={(event) => setTyped(event.target.value)} />
      </div>
      {!data && !error ? (
        <div className="px-4 py-3">
          <SkeletonLines lines={8} label={t('catalog.loading')} />
        </div>
      ) : !data ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : data.length === 0 ? (
        <EmptyState
          icon={BookOpenText}
          title={t('catalog.empty.title')}
          detail={t('catalog.empty.detail')}
          action={
            <Button tone="primary" onClick={onNew}>
              {t('catalog.new')}
            </Button>
          }
        />
      ) : shown.length === 0 ? (
        <EmptyState
          icon={SearchX}
          title={t('catalog.noMatch.title')}
          detail={t('catalog.noMatch.detail')}
          action={<Button onClick={() => setTyped('')}>{t('action.clear')}</Button>}
        />
      ) : (
        <table ref={list} className="w-full table-fixed border-collapse" aria-label={t('catalog.list')}>
          <thead className="text-left text-xs text-muted">
            <tr>
              <th scope="col" className="px-3 py-2 pl-4 font-medium @2xl:pl-6">
                {t('catalog.column.name')}
              </th>
              <th scope="col" className="hidden w-24 px-3 py-2 font-medium @2xl:table-cell">
                {t('catalog.column.duration')}
              </th>
              <th scope="col" className="hidden w-32 px-3 py-2 font-medium @3xl:table-cell">
                {t('catalog.column.online')}
              </th>
              <th scope="col" className="w-28 px-3 py-2 text-right font-medium @2xl:w-36">
                {t('catalog.column.price')}
              </th>
              <th scope="col" className="w-28 px-3 py-2 pr-4">
                <span className="sr-only">{t('catalog.column.actions')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((job) => (
              <Row
                key={job.id}
                job={job}
                place={isShared ? (locations.find((one) => one.id === job.locationId)?.name ?? t('catalog.everywhere')) : null}
                onEdit={onEdit}
                onDelete={onDelete}
              />
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}

interface RowProps extends Pick<JobTableProps, 'onEdit' | 'onDelete'> {
  job: CatalogJob;
  place: string | null;
}

function Row({ job, place, onEdit, onDelete }: RowProps) {
  const { name } = job;
  return (
    <tr className="border-t border-line align-top">
      <th scope="row" className="px-3 py-3 pl-4 text-left font-normal @2xl:pl-6">
        <span className="block font-medium break-words">{name}</span>
        <span className="block text-xs text-muted">{[job.category, t('catalog.lines', { count: job.lines.length }), place].filter(Boolean).join(' · ')}</span>
        {job.isActive ? null : <Badge>{t('catalog.inactive')}</Badge>}
      </th>
      <td className="tabular hidden px-3 py-3 @2xl:table-cell">{t('catalog.minutes', { count: job.durationMinutes })}</td>
      <td className="hidden px-3 py-3 @3xl:table-cell">
        {job.isOnline ? (
          <Badge tone="info" icon={Globe}>
            {t('catalog.online')}
          </Badge>
        ) : null}
      </td>
      <td className="tabular px-3 py-3 text-right">{typeof job.priceCents === 'number' ? moneyText(job.priceCents) : t('catalog.noRate')}</td>
      <td className="px-3 py-2 pr-4 text-right whitespace-nowrap">
        <IconButton icon={Pencil} label={t('catalog.edit', { name })} onClick={() => onEdit(job)} />
        <IconButton icon={Trash2} label={t('catalog.delete', { name })} onClick={() => onDelete(job)} />
      </td>
    </tr>
  );
}
