import { clsx } from 'clsx';
import { Camera, ChevronDown, Trash2 } from 'lucide-react';
import { useId, useState } from 'react';
import { Badge } from '@/components/ui/Badge';
import { IconButton } from '@/components/ui/IconButton';
import { SavingInput } from '@/components/ui/SavingInput';
import { toast } from '@/components/ui/toast-store';
import '@/i18n/late/inspections';
import { t } from '@/i18n/t';
import { contraryTo, mostOf, readingWords, unitWords } from '@/lib/inspection-answers';
import { formatDateTime } from '@/lib/time';
import type { Checklist, InspectionItem, InspectionResult } from '@/types';
import { useInspectionPlace } from './InspectionContext';
import { MakeJob } from './MakeJob';
import { rowId } from './MissingList';
import { following, limitWords, OPEN, RESULTS, suggested } from './results';

const ANSWERS = Object.keys(RESULTS) as InspectionResult[];

interface ItemRowProps {
  list: Checklist;
  item: InspectionItem;
  canEdit: boolean;
}

/** A point: what was found, and with it the reading, note, photos and job. */
export function ItemRow({ list, item, canEdit }: ItemRowProps) {
  const { save } = useInspectionPlace();
  const label = useId();
  const [isOpen, setOpen] = useState(false);
  const isFound = item.result === 'attention' || item.result === 'fail';
  const hasMore = item.note !== null || item.reading !== null || item.photos.length > 0 || item.jobId !== null;
  const isWide = canEdit && (isOpen || item.isAdded || isFound || item.unit !== null || hasMore);

  const answer = (result: InspectionResult): void => {
    void save(list, item, { result: item.result === result ? null : result }).then((saved) => {
      if (typeof saved === 'object' && 'error' in saved) toast({ tone: 'error', title: t('inspection.failed'), detail: saved.error });
    });
  };
  return (
    <li id={rowId(item.id)} className="flex flex-col gap-2 px-3 py-2.5">
      <div className="flex flex-col gap-2 @lg:flex-row @lg:items-start @lg:justify-between">
        <div className="flex min-w-0 flex-1 items-start justify-between gap-2">
          <div className="min-w-0 @lg:pt-1.5">
            <p id={label} className="font-medium break-words">
              {item.label}
            </p>
            {item.help && canEdit ? <p className="text-xs text-muted">{item.help}</p> : null}
          </div>
          {canEdit && !(item.isAdded || isFound || item.unit !== null || hasMore) ? (
            <IconButton icon={ChevronDown} label={t('inspection.details', { label: item.label })} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)} />
          ) : null}
          {canEdit ? null : <Result result={item.result} />}
        </div>
        {canEdit ? (
          <div role="group" aria-label={t('inspection.result', { label: item.label })} className="grid shrink-0 grid-cols-4 gap-1 @lg:w-96">
            {ANSWERS.map((result) => {
              const { icon: Icon, word, chosen } = RESULTS[result];
              const isChosen = item.result === result;
              return (
                <button
                  key={result}
                  type="button"
                  aria-pressed={isChosen}
                  title={result === 'na' ? t('inspection.na.long') : undefined}
                  onClick={() => answer(result)}
                  className={clsx(
                    'flex min-h-9 min-w-0 items-center justify-center gap-1 rounded-control border px-1 text-xs font-medium pointer-coarse:min-h-11',
                    isChosen ? chosen : 'border-line-strong text-muted hover:bg-hover hover:text-ink',
                  )}
                >
                  <Icon size={14} aria-hidden className="shrink-0" />
                  <span className="whitespace-nowrap">{t(word)}</span>
                </button>
              );
            })}
          </div>
        ) : null}
      </div>
      {isWide ? <Fields list={list} item={item} /> : hasMore ? <Facts list={list} item={item} /> : null}
    </li>
  );
}

function Result({ result }: { result: InspectionResult | null }) {
  const look = result ? RESULTS[result] : OPEN;
  return (
    <Badge tone={look.tone} icon={look.icon}>
      {t(look.word)}
    </Badge>
  );
}

/** What can be written about a point. A reading answers it as its limits say, until somebody answers otherwise. */
function Fields({ list, item }: { list: Checklist; item: InspectionItem }) {
  const { save, drawPhotos } = useInspectionPlace();
  const says = item.reading === null ? null : suggested(item.reading, item.limits);
  const otherwise = says !== item.result ? says : null;
  return (
    <div className="flex flex-col gap-3">
      <div className={clsx('grid gap-3', item.unit !== null && '@lg:grid-cols-[11rem_1fr]')}>
        {item.unit === null ? null : (
          <SavingInput
            label={t('inspection.reading', { unit: unitWords(item.unit) })}
            hint={[limitWords(item.limits), otherwise ? t(item.result === null ? 'inspection.limits.say' : 'inspection.limits.contrary', { result: t(RESULTS[otherwise].word) }) : null].filter(Boolean).join('. ') || undefined}
            value={item.reading ?? ''}
            version={item.version}
            inputMode="decimal"
            maxLength={10}
            onSave={(typed, version) => {
              const most = mostOf(item.limits);
              if (most !== null && Number(typed) > most) return Promise.resolve({ error: t('inspection.reading.absurd', { most: readingWords(most, item.unit) }) });
              const result = following(item, typed);
              return save(list, item, { reading: typed || null, ...(result ? { result } : {}) }, version);
            }}
          />
        )}
        <SavingInput
          label={t('inspection.note')}
          value={item.note ?? ''}
          version={item.version}
          isLong
          maxLength={2_000}
          onSave={(typed, version) => save(list, item, { note: typed || null }, version)}
        />
      </div>
      {item.isAdded ? <OwnPoint list={list} item={item} /> : null}
      {drawPhotos(item, true)}
      {item.needsPhoto && item.result === 'fail' && item.photos.length === 0 ? (
        <Badge tone="warning" icon={Camera}>
          {t('inspection.photo.needed')}
        </Badge>
      ) : null}
      <MakeJob list={list} item={item} />
    </div>
  );
}

/** Of a point that the template does not ask for: another name, or away with it. */
function OwnPoint({ list, item }: { list: Checklist; item: InspectionItem }) {
  const { save } = useInspectionPlace();
  const remove = (isRemoved: boolean): Promise<void> =>
    // Brought back it is as it was, whatever came after it.
    save(list, item, { isRemoved }, isRemoved ? item.version : null).then((saved) => {
      if (typeof saved === 'object' && 'error' in saved) toast({ tone: 'error', title: t('inspection.failed'), detail: saved.error });
      else if (isRemoved && saved !== 'asked') toast({ tone: 'success', title: t('inspection.point.removed', { label: item.label }), action: { label: t('action.undo'), run: () => void remove(false) } });
    });
  return (
    <div className="flex items-end gap-2">
      <div className="min-w-0 flex-1">
        <SavingInput label={t('inspection.add.label')} value={item.label} version={item.version} maxLength={120} onSave={(typed, version) => save(list, item, { label: typed }, version)} />
      </div>
      {item.jobId === null ? <IconButton icon={Trash2} label={t('inspection.point.remove', { label: item.label })} onClick={() => void remove(true)} /> : null}
    </div>
  );
}

/** What was written about a point. */
function Facts({ list, item }: { list: Checklist; item: InspectionItem }) {
  const { drawPhotos, zone } = useInspectionPlace();
  const contrary = contraryTo(item.limits, item.reading, item.result);
  return (
    <div className="flex flex-col gap-2">
      {item.reading !== null || item.note !== null ? (
        <p className="break-words whitespace-pre-line">
          {item.reading === null ? null : <span className="tabular font-medium">{readingWords(item.reading, item.unit)}</span>}
          {item.reading !== null && item.note !== null ? ' · ' : null}
          {item.note}
        </p>
      ) : null}
      {contrary ? <p className="text-xs text-muted">{t('inspection.limits.contrary', { result: t(RESULTS[contrary].word) })}</p> : null}
      {drawPhotos(item, false)}
      {item.updatedByName && item.updatedAt && item.updatedByName !== list.holderName ? (
        <p className="text-xs text-muted">{t('inspection.by', { name: item.updatedByName, when: formatDateTime(item.updatedAt, zone) })}</p>
      ) : null}
      <MakeJob list={list} item={item} />
    </div>
  );
}
