import { ArrowDown, ArrowUp, ChevronDown, ChevronUp, Plus, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Button } from '@/components/ui/Button';
import { IconButton } from '@/components/ui/IconButton';
import '@/i18n/late/inspections';
import { t } from '@/i18n/t';
import { unitWords } from '@/lib/inspection-answers';
import type { CatalogJob } from '@/types';
import { PointFields } from './PointFields';
import type { PointDraft } from './template-draft';
import { lackOf, newPoint, wrongOf } from './template-draft';

interface PointsEditorProps {
  points: readonly PointDraft[];
  jobs: readonly CatalogJob[];
  error: string | undefined;
  /** Counts refused saves: each leads the keyboard to what is not right. */
  refusals: number;
  onChange: (points: PointDraft[]) => void;
}

/** The points of a template in their order; one opens where it stands. */
export function PointsEditor({ points, jobs, error, refusals, onChange }: PointsEditorProps) {
  const [openId, setOpenId] = useState<string | null>(() => (points.length === 1 ? (points[0]?.id ?? null) : null));
  const root = useRef<HTMLFieldSetElement>(null);
  // Where the keyboard goes once it is drawn: a selector inside the list.
  const wanted = useRef<string | null>(null);
  useEffect(() => {
    if (wanted.current === null) return;
    root.current?.querySelector<HTMLElement>(wanted.current)?.focus();
    wanted.current = null;
  });
  const [seen, setSeen] = useState(refusals);
  if (seen !== refusals) {
    setSeen(refusals);
    const faulty = points.find((point) => lackOf(point) !== null);
    if (faulty) setOpenId(faulty.id);
  }
  const shown = useRef(refusals);
  useEffect(() => {
    if (shown.current === refusals) return;
    shown.current = refusals;
    root.current?.querySelector<HTMLElement>('[data-point] [aria-invalid="true"]')?.focus();
  }, [refusals]);

  const set = (id: string, changed: Partial<PointDraft>): void => onChange(points.map((point) => (point.id === id ? { ...point, ...changed } : point)));
  const move = (from: number, to: number): void => {
    if (to < 0 || to >= points.length) return;
    const order = [...points];
    order.splice(to, 0, ...order.splice(from, 1));
    onChange(order);
  };
  const add = (): void => {
    const point = newPoint(points.at(-1)?.section);
    wanted.current = `[data-point="${point.id}"] [name="label"]`;
    onChange([...points, point]);
    setOpenId(point.id);
  };
  const remove = (index: number): void => {
    const neighbor = points[index + 1] ?? points[index - 1];
    wanted.current = neighbor ? `[data-point="${neighbor.id}"] [data-remove]` : '[data-add]';
    onChange(points.filter((_, at) => at !== index));
  };
  return (
    <fieldset ref={root} className="flex min-w-0 flex-col gap-2">
      <legend className="mb-2 font-semibold">{t('inspections.points')}</legend>
      <ol role="list" className="flex flex-col gap-2">
        {points.map((point, index) => {
          const label = point.label.trim() || t('point.unnamed');
          const isOpen = openId === point.id;
          return (
            <li key={point.id} data-point={point.id} aria-label={t('point.row.named', { place: index + 1, label })} className="rounded-control bg-sunken p-2">
              <div className="flex items-center gap-1 max-sm:flex-wrap">
                <span className="tabular w-6 shrink-0 text-center text-xs text-muted">{index + 1}</span>
                <p className="min-w-0 flex-1">
                  <span className="block truncate font-medium">{label}</span>
                  <PointFacts point={point} isFaulty={error !== undefined && lackOf(point) !== null} />
                </p>
                <span className="flex shrink-0 justify-end gap-1 max-sm:w-full">
                  <IconButton size="sm" icon={ArrowUp} label={t('point.up', { label })} aria-disabled={index === 0} onClick={() => move(index, index - 1)} />
                  <IconButton size="sm" icon={ArrowDown} label={t('point.down', { label })} aria-disabled={index === points.length - 1} onClick={() => move(index, index + 1)} />
                  <IconButton
                    size="sm"
                    icon={isOpen ? ChevronUp : ChevronDown}
                    label={t(isOpen ? 'point.close' : 'point.open', { label })}
                    aria-expanded={isOpen}
                    onClick={() => setOpenId(isOpen ? null : point.id)}
                  />
                  <IconButton size="sm" icon={X} data-remove="" label={t('point.remove', { label })} onClick={() => remove(index)} />
                </span>
              </div>
              {isOpen ? <PointFields point={point} jobs={jobs} lack={error === undefined ? null : lackOf(point)} onChange={(changed) => set(point.id, changed)} /> : null}
            </li>
          );
        })}
      </ol>
      {error ? (
        <p role="alert" className="font-medium text-danger">
          {error}
        </p>
      ) : null}
      <div>
        <Button size="sm" data-add="" icon={<Plus size={14} aria-hidden />} onClick={add}>
          {t('point.add')}
        </Button>
      </div>
    </fieldset>
  );
}

/** What a closed point says of itself. */
function PointFacts({ point, isFaulty }: { point: PointDraft; isFaulty: boolean }) {
  const wrong = isFaulty ? wrongOf(point) : null;
  const facts = [point.section, point.hasReading ? t('point.reading', { unit: unitWords(point.unit || '…') }) : null, point.needsPhoto ? t('point.photo') : null].filter(Boolean).join(' · ');
  return <span className={`block truncate text-xs ${isFaulty ? 'font-medium text-danger' : 'text-muted'}`}>{wrong ? t(`point.need.${wrong}`) : facts}</span>;
}
