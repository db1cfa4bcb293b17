import { CircleAlert } from 'lucide-react';
import { Button } from '@/components/ui/Button';
import '@/i18n/late/messages';
import { t } from '@/i18n/t';
import { findingWords } from '@/lib/finding-words';
import { fieldNames, valuesMissing } from '@/lib/message-words';
import type { MessagePreview } from '@/types';

/** What is asked of a reader about a text: what it lacks, and what must not stand in it. */
export function ComposedNotes({ preview, onFill }: { preview: MessagePreview; onFill: ((field: string) => void) | null }) {
  const { findings } = preview;
  const missing = valuesMissing(preview);
  const first = missing[0];
  if (!first && findings.length === 0) return null;
  return (
    <ul role="list" className="flex flex-col gap-1">
      {first ? (
        <li className="flex items-center gap-2 rounded-control bg-warning-soft px-2.5 py-1 text-warning">
          <CircleAlert size={16} aria-hidden className="shrink-0" />
          <span className="min-w-0 flex-1">{t('composer.missing', { fields: fieldNames(missing) })}</span>
          {onFill ? (
            <Button size="sm" onClick={() => onFill(first)}>
              {t('composer.missing.fill')}
            </Button>
          ) : null}
        </li>
      ) : null}
      {findings.map((finding) => (
        <li key={`${finding.code}${finding.start}`} className="flex items-start gap-2 rounded-control bg-danger-soft px-2.5 py-1.5 text-danger">
          <CircleAlert size={16} aria-hidden className="mt-0.5 shrink-0" />
          <span className="min-w-0">{findingWords(finding)}</span>
        </li>
      ))}
    </ul>
  );
}

/** How long it is on the air, after the opt-out line: `1 part · 92 characters`. */
export function SegmentCount({ preview }: { preview: MessagePreview }) {
  return (
    <span className="tabular shrink-0 text-xs text-muted" data-segments={preview.segments}>
      {[
        t('messages.segments', { count: preview.segments }),
        t('composer.characters', { count: preview.characters }),
        preview.encoding === 'ucs2' ? t('composer.unicode') : '',
      ]
        .filter(Boolean)
        .join(' · ')}
    </span>
  );
}

/** The exact text, where it is another one than what stands in the field. */
export function AsItArrives({ preview, typed }: { preview: MessagePreview; typed: string }) {
  if (preview.text.trim() === typed.trim()) return null;
  const replaced = preview.replaced.map(({ sign, instead }) => t('composer.replaced.one', { from: sign, to: instead || t('composer.replaced.nothing') }));
  return (
    <div className="rounded-control bg-sunken px-3 py-2">
      <p className="text-xs text-muted">{[t('composer.arrives'), preview.footer ? t('composer.footer') : ''].filter(Boolean).join(', ')}</p>
      {preview.subject ? <p className="font-semibold break-words">{preview.subject}</p> : null}
      <p data-arrives className="break-words whitespace-pre-wrap">{preview.text}</p>
      {replaced.length > 0 ? <p className="mt-1 text-xs text-muted">{t('composer.replaced', { list: replaced.join(', ') })}</p> : null}
    </div>
  );
}
