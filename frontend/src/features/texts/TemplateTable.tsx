import { useQuery } from '@tanstack/react-query';
import { FileText, Mail, MessageSquareText, Pencil, SearchX, Trash2 } from 'lucide-react';
import { useRef, useState } from 'react';
import { Button } from '@/components/ui/Button';
import { EmptyState } from '@/components/ui/EmptyState';
import { ErrorState } from '@/components/ui/ErrorState';
import { IconButton } from '@/components/ui/IconButton';
import { Input } from '@/components/ui/Input';
import { SkeletonLines } from '@/components/ui/Skeleton';
import { useShopLocation } from '@/contexts/LocationContext';
import '@/i18n/late/messages';
import '@/i18n/late/texts';
import { t, wordFor } from '@/i18n/t';
import { templatesOf } from '@/lib/data/templates';
import { find } from '@/lib/find';
import { useFocusKeeper } from '@/lib/focus-keeper';
import { formatDate, localDate } from '@/lib/time';
import type { MessageTemplate } from '@/types';

interface TemplateTableProps {
  onNew: () => void;
  onEdit: (template: MessageTemplate) => void;
  onDelete: (template: MessageTemplate) => void;
}

/** Every template that the location may use, with how often it was. */
export function TemplateTable({ onNew, onEdit, onDelete }: TemplateTableProps) {
  const { location, locations } = useShopLocation();
  const { data, error, refetch } = useQuery(templatesOf(location.id));
  const [typed, setTyped] = useState('');
  const list = useRef<HTMLTableElement>(null);
  const search = useRef<HTMLInputElement>(null);
  useFocusKeeper(list, () => search.current);
  const shown = find(data ?? [], typed, (one) => [one.name, one.body, wordFor(`category.${one.category}`) ?? '']);
  const nameOf = (id: string | null): string => (id === null ? t('texts.everywhere') : (locations.find((one) => one.id === id)?.name ?? ''));

  return (
    <div className="@container flex min-h-0 flex-1 flex-col overflow-y-auto bg-surface">
      <div className="px-4 py-3 sm:max-w-96 @2xl:px-6">
        <Input ref={search} data-search type="search" aria-label={t('texts.search')} placeholder={t('texts.search')} value={typed} onChange={(event) => setTyped(event.target.value)} />
      </div>
      {!data && !error ? (
        <div className="px-4 py-3">
          <SkeletonLines lines={8} label={t('texts.loading')} />
        </div>
      ) : !data ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : data.length === 0 ? (
        <EmptyState
          icon={FileText}
          title={t('texts.empty.title')}
          detail={t('texts.empty.detail')}
          action={
            <Button tone="primary" onClick={onNew}>
              {t('texts.new')}
            </Button>
          }
        />
      ) : shown.length === 0 ? (
        <EmptyState
          icon={SearchX}
          title={t('texts.noMatch.title')}
          detail={t('texts.noMatch.detail')}
          action={<Button onClick={() => setTyped('')}>{t('action.clear')}</Button>}
        />
      ) : (
        <table ref={list} className="w-full table-fixed border-collapse" aria-label={t('texts.list')}>
          <thead className="text-left text-xs text-muted">
            <tr>
              <th scope="col" className="px-3 py-2 pl-4 font-medium @2xl:w-64 @2xl:pl-6">
                {t('texts.column.name')}
              </th>
              <th scope="col" className="hidden px-3 py-2 font-medium @2xl:table-cell">
                {t('texts.column.text')}
              </th>
              <th scope="col" className="hidden w-40 px-3 py-2 font-medium @4xl:table-cell">
                {t('texts.column.category')}
              </th>
              <th scope="col" className="hidden w-36 px-3 py-2 font-medium @3xl:table-cell">
                {t('texts.column.used')}
              </th>
              <th scope="col" className="w-28 px-3 py-2 pr-4">
                <span className="sr-only">{t('texts.column.actions')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((template) => (
              <Row key={template.id} template={template} place={locations.length > 1 ? nameOf(template.locationId) : null} zone={location.timezone} onEdit={onEdit} onDelete={onDelete} />
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}

interface RowProps extends Pick<TemplateTableProps, 'onEdit' | 'onDelete'> {
  template: MessageTemplate;
  place: string | null;
  zone: string;
}

function Row({ template, place, zone, onEdit, onDelete }: RowProps) {
  const { name, body, channel, category, useCount, lastUsedAt } = template;
  const Icon = channel === 'email' ? Mail : MessageSquareText;
  const categoryWords = wordFor(`category.${category}`) ?? category;
  const used = useCount > 0 ? t('texts.used', { count: useCount }) : t('texts.used.never');
  return (
    // A press anywhere on the row opens it; the keyboard has the pencil.
    <tr
      className="cursor-pointer border-t border-line align-top hover:bg-hover"
      onClick={(event) => {
        if (!(event.target as Element).closest('button')) onEdit(template);
      }}
    >
      <th scope="row" className="px-3 py-3 pl-4 text-left font-normal @2xl:pl-6">
        <span className="flex items-start gap-2">
          <Icon size={16} aria-hidden className="mt-0.5 shrink-0 text-muted" />
          <span className="min-w-0">
            <span className="block font-medium break-words">{name}</span>
            <span className="block text-xs text-muted">{[t(`messages.channel.${channel}`), place].filter(Boolean).join(' · ')}</span>
            <span className="line-clamp-2 text-muted @2xl:hidden">{body}</span>
          </span>
        </span>
      </th>
      <td className="hidden px-3 py-3 @2xl:table-cell">
        <span className="line-clamp-2 break-words text-muted">{body}</span>
      </td>
      <td className="hidden px-3 py-3 @4xl:table-cell">{categoryWords}</td>
      <td className="hidden px-3 py-3 @3xl:table-cell">
        <span className="block">{used}</span>
        {lastUsedAt ? <span className="block text-xs text-muted">{t('texts.used.last', { day: formatDate(localDate(lastUsedAt, zone)) })}</span> : null}
      </td>
      <td className="px-3 py-2 pr-4 text-right whitespace-nowrap">
        <IconButton icon={Pencil} label={t('texts.edit', { name })} onClick={() => onEdit(template)} />
        <IconButton icon={Trash2} label={t('texts.delete', { name })} onClick={() => onDelete(template)} />
      </td>
    </tr>
  );
}
