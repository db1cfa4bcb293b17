import { clsx } from 'clsx';
import { ChevronDown, Cog, Receipt, Wrench } from 'lucide-react';
import { useId, useRef, useState } from 'react';
import { Money } from '@/components/ui/Money';
import '@/i18n/late/services';
import { t } from '@/i18n/t';
import { moneyText } from '@/lib/money';
import type { WorkLine } from '@/types';
import { lineMeasure } from './line-words';
import { LineFields } from './LineFields';
import { useWorkPlace } from './WorkContext';

const ICONS = { labor: Wrench, part: Cog, fee: Receipt };

/** A line on one row; pressed, it opens into its fields. */
export function LineRow({ line }: { line: WorkLine }) {
  const { canEdit, canNote } = useWorkPlace();
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  const row = useRef<HTMLButtonElement>(null);
  const Icon = ICONS[line.kind];
  const off = line.discountCents
    ? line.discountReason
      ? t('services.off.why', { amount: moneyText(line.discountCents), reason: line.discountReason })
      : t('services.off', { amount: moneyText(line.discountCents) })
    : '';
  const details = [lineMeasure(line), off].filter(Boolean);
  const body = (
    <>
      <Icon size={14} aria-hidden className="mt-1 shrink-0 text-muted" />
      <span className="sr-only">{t(`services.kind.${line.kind}`)}</span>
      <span className="min-w-0 flex-1 text-left">
        <span className="block break-words">{line.name}</span>
        {details.length > 0 ? <span className="tabular block text-xs text-muted">{details.join(' · ')}</span> : null}
        {line.notes ? <span className="block text-xs break-words text-muted">{line.notes}</span> : null}
      </span>
      <span className="shrink-0">
        <Money cents={line.priceCents === undefined ? undefined : line.priceCents - (line.discountCents ?? 0)} />
      </span>
    </>
  );
  if (!canEdit && !canNote) return <li className="flex items-start gap-2 px-3 py-1.5">{body}</li>;
  return (
    <li>
      <button
        ref={row}
        type="button"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        aria-label={t('services.line.edit', { name: line.name })}
        aria-describedby={`${id}-body`}
        onClick={() => setOpen(!isOpen)}
        className="flex w-full items-start gap-2 rounded-control px-3 py-1.5 hover:bg-hover focus-visible:outline-offset-[-2px] pointer-coarse:min-h-11 pointer-coarse:py-2.5"
      >
        <span id={`${id}-body`} className="contents">
          {body}
        </span>
        <ChevronDown size={16} aria-hidden className={clsx('mt-0.5 shrink-0 text-muted', isOpen && 'rotate-180')} />
      </button>
      {isOpen ? (
        // eslint-disable-next-line jsx-a11y/no-static-element-interactions -- a key for what its row does too
        <div
          id={id}
          className="mx-3 mb-2 border-l-2 border-line pl-3"
          // A field takes back what was typed first; the next Escape closes the line, not the whole drawer.
          onKeyDown={(event) => {
            if (event.key !== 'Escape' || event.defaultPrevented) return;
            event.preventDefault();
            event.stopPropagation();
            row.current?.focus();
            setOpen(false);
          }}
        >
          <LineFields line={line} />
        </div>
      ) : null}
    </li>
  );
}
