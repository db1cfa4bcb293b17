import { useEffect, useId, useRef, useState } from 'react';
import { Input } from '@/components/ui/Input';
import { dismissToasts, toast } from '@/components/ui/toast-store';
import '@/i18n/late/tablet';
import { t } from '@/i18n/t';
import { contraryTo, mostOf, readingWords } from '@/lib/inspection-answers';
import type { Limits } from '@/offline/types';
import type { Place } from './acts';
import { answer } from './acts';
import { useAutosave } from './autosave';
import { parseReading, suggested } from './points';
import { RESULTS } from './results';
import { keeper } from './work';

function ranges(limits: Limits | null): string[] {
  const { failBelow, attentionBelow, attentionAbove, failAbove } = limits ?? {};
  const said = (key: 'tablet.check.limits.fail' | 'tablet.check.limits.attention', side: 'tablet.check.below' | 'tablet.check.above', value: number | string | null | undefined): string[] =>
    value === null || value === undefined ? [] : [t(key, { range: t(side, { value: String(value) }) })];
  return [
    ...said('tablet.check.limits.fail', 'tablet.check.below', failBelow),
    ...said('tablet.check.limits.attention', 'tablet.check.below', attentionBelow),
    ...said('tablet.check.limits.attention', 'tablet.check.above', attentionAbove),
    ...said('tablet.check.limits.fail', 'tablet.check.above', failAbove),
  ];
}

/** A measured value. Its limits answer the point until the technician answers it otherwise. */
export function ReadingField({ place, isDisabled }: { place: Place; isDisabled: boolean }) {
  const id = useId();
  const { item } = place;
  const [fault, setFault] = useState<string | null>(null);
  const most = mostOf(item.limits);
  const faultOf = (text: string): string | null => {
    const reading = parseReading(text);
    if (reading === undefined) return t('tablet.check.reading.wrong');
    return reading !== null && most !== null && Number(reading) > most ? t('tablet.check.reading.absurd', { most: readingWords(most, item.unit) }) : null;
  };
  /** What stands in the field and can't be kept. */
  const unsaved = useRef<{ text: string; why: string } | null>(null);
  const key = `reading ${item.id}`;
  useEffect(
    () => () => {
      // The next point came before it was mended.
      if (unsaved.current) toast({ tone: 'error', title: t('tablet.check.reading.lost', { label: item.label, text: unsaved.current.text }), detail: unsaved.current.why, key });
    },
    [item.label, key],
  );
  const kept = item.reading === null ? '' : String(item.reading);

  const save = (text: string): Promise<void> | null => {
    const reading = parseReading(text);
    if (reading === undefined || faultOf(text) !== null || reading === (kept || null)) return null;
    const before = kept === '' ? null : suggested(item.limits, Number(kept));
    const isFollowing = item.result === null || item.result === before;
    const result = reading === null ? null : suggested(item.limits, Number(reading));
    return keeper.add(answer(place, isFollowing && result !== item.result ? { reading, result } : { reading }));
  };
  const field = useAutosave(kept, save, (text) => parseReading(text) ?? '');
  const contrary = contraryTo(item.limits, item.reading, item.result);
  const limits = ranges(item.limits).join(' · ');
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-base font-semibold">
        {item.unit?.startsWith('/') ? t('tablet.check.reading.part', { part: item.unit.slice(1) }) : t('tablet.check.reading.unit', { unit: item.unit ?? '' })}
      </label>
      <div className="flex items-center gap-3">
        <Input
          id={id}
          inputMode="decimal"
          autoComplete="off"
          enterKeyHint="done"
          maxLength={12}
          disabled={isDisabled}
          value={field.text}
          aria-invalid={fault === null ? undefined : true}
          aria-describedby={`${id}-limits`}
          className="tabular h-14! w-40! text-xl! font-semibold"
          onChange={(event) => {
            const text = event.target.value;
            const why = faultOf(text);
            unsaved.current = why === null ? null : { text, why };
            if (why === null) dismissToasts(key);
            // What is no number yet may become one with the next key; what is too much stays so.
            setFault(why !== null && parseReading(text) !== undefined ? why : null);
            field.setText(text);
          }}
          onFocus={field.onFocus}
          onKeyDown={(event) => {
            if (event.key === 'Enter') event.currentTarget.blur();
          }}
          onBlur={() => {
            const found = faultOf(field.text);
            setFault(found);
            // What can't be stays there to be mended.
            if (found === null) field.finish();
          }}
        />
        <p id={`${id}-limits`} className="text-base">
          {fault === null ? limits : <span className="font-medium text-danger">{fault}</span>}
        </p>
      </div>
      {contrary && item.result ? (
        <p role="status" className="text-base">
          {t('tablet.check.contrary', { reading: readingWords(kept, item.unit), says: t(RESULTS[contrary].word), answer: t(RESULTS[item.result].word) })}
        </p>
      ) : null}
    </div>
  );
}
