import { useQuery } from '@tanstack/react-query';
import { clsx } from 'clsx';
import type { KeyboardEvent } from 'react';
import { useEffect, useId, useRef, useState } from 'react';
import { Link } from 'react-router';
import { buttonClasses } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { EmptyState } from '@/components/ui/EmptyState';
import { ErrorState } from '@/components/ui/ErrorState';
import { Input } from '@/components/ui/Input';
import { SkeletonLines } from '@/components/ui/Skeleton';
import { useCan } from '@/contexts/SessionContext';
import '@/i18n/late/messages';
import { t, wordFor } from '@/i18n/t';
import { templatesOf } from '@/lib/data/templates';
import { useRested } from '@/lib/debounce';
import { find } from '@/lib/find';
import type { Channel, MessageTemplate } from '@/types';
import type { Place } from './place';
import { messageQueries } from './queries';

interface TemplatePickerProps {
  /** Whose words the chosen line shows. */
  place: Place;
  locationId: string;
  channel: Channel;
  onChoose: (template: MessageTemplate) => void;
  onClose: () => void;
}

const ORDER = ['appointment', 'status', 'inspection', 'estimate', 'payment', 'general', 'marketing'];
const rank = (category: string): number => (ORDER.indexOf(category) + 1 || ORDER.length + 1);

/** A template's words with its variables by the names that people know: `[Shop’s name]: your [Vehicle] is ready`. */
export function namedBody(body: string): string {
  return body.replace(/\{(\w+)(?:\|[^{}]*)?\}/g, (whole, name: string) => {
    const known = wordFor(`variable.${name}`);
    return known ? `[${known}]` : whole;
  });
}

/** The templates that fit what is typed, category by category. */
export function grouped(templates: readonly MessageTemplate[], typed: string): MessageTemplate[] {
  return find(templates, typed, (one) => [one.name, one.body, wordFor(`category.${one.category}`) ?? one.category]).sort(
    (a, b) => rank(a.category) - rank(b.category),
  );
}

/** Templates by category, found by a word of their name or text; the field keeps the keyboard, the list follows it. */
export function TemplatePicker({ place, locationId, channel, onChoose, onClose }: TemplatePickerProps) {
  const id = useId();
  const mayMake = useCan('catalog:manage');
  const { data, error, refetch } = useQuery(templatesOf(locationId));
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  // Quick hands press Enter before the list is there: it is heard once it is.
  const [isEntered, setIsEntered] = useState(false);
  const list = useRef<HTMLDivElement>(null);
  const all = data?.filter((one) => one.channel === channel) ?? [];
  const shown = grouped(all, typed);
  const current = Math.min(at, shown.length - 1);
  const chosenId = useRested(shown[current]?.id ?? null, 150);
  const { data: preview } = useQuery({ ...messageQueries.preview(place, { channel, templateId: chosenId ?? '' }), enabled: chosenId !== null, refetchInterval: false });
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [current]);

  const chosen = shown[current];
  useEffect(() => {
    if (isEntered && chosen) onChoose(chosen);
  }, [isEntered, chosen, onChoose]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0 && shown.length > 0) setAt((current + step + shown.length) % shown.length);
    else if (event.key === 'Enter' && chosen) onChoose(chosen);
    else if (event.key === 'Enter' && !data) setIsEntered(true);
    else return;
    event.preventDefault();
  };

  return (
    <Dialog title={t('picker.title')} onClose={onClose}>
      {data && all.length === 0 ? (
        <EmptyState
          title={t('picker.empty')}
          action={
            mayMake ? (
              <Link to="/settings/texts" className={buttonClasses()}>
                {t('picker.make')}
              </Link>
            ) : null
          }
        />
      ) : (
        <>
          <Input
            data-autofocus
            role="combobox"
            aria-label={t('picker.search')}
            aria-expanded={shown.length > 0}
            aria-controls={`${id}-list`}
            aria-autocomplete="list"
            aria-activedescendant={current >= 0 ? `${id}-${current}` : undefined}
            autoComplete="off"
            placeholder={t('picker.search')}
            value={typed}
            onChange={(event) => {
              setTyped(event.target.value);
              setAt(0);
              setIsEntered(false);
            }}
            onKeyDown={onKeyDown}
          />
          {error ? <ErrorState error={error} onRetry={() => void refetch()} /> : null}
          {data || error ? null : (
            <div className="pt-4">
              <SkeletonLines lines={6} label={t('picker.loading')} />
            </div>
          )}
          {data && shown.length === 0 ? (
            <p role="status" className="px-3 py-6 text-center text-muted">
              {t('picker.none')}
            </p>
          ) : null}
          <div ref={list} id={`${id}-list`} role="listbox" aria-label={t('picker.list')} className="mt-2">
            {shown.map((template, index) => (
              <div key={template.id}>
                {shown[index - 1]?.category === template.category ? null : (
                  <p role="presentation" className="px-2.5 pt-2 pb-1 text-xs font-medium text-muted">
                    {wordFor(`category.${template.category}`) ?? template.category}
                  </p>
                )}
                <div
                  id={`${id}-${index}`}
                  role="option"
                  tabIndex={-1}
                  aria-selected={index === current}
                  aria-label={template.name}
                  // The field keeps the focus; the list only takes the press.
                  onMouseDown={(event) => event.preventDefault()}
                  onClick={() => onChoose(template)}
                  onKeyDown={onKeyDown}
                  onPointerMove={() => setAt(index)}
                  className={clsx('cursor-pointer rounded-control px-2.5 py-1.5 pointer-coarse:py-3', index === current && 'bg-hover')}
                >
                  <span className="block font-medium">{template.name}</span>
                  <span className={clsx('text-muted', index === current ? 'line-clamp-4' : 'line-clamp-2')}>
                    {template.id === chosenId && preview ? preview.text : namedBody(template.body)}
                  </span>
                </div>
              </div>
            ))}
          </div>
        </>
      )}
    </Dialog>
  );
}
