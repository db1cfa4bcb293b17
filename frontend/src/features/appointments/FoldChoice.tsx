import { Select } from '@/components/ui/Select';
import { t } from '@/i18n/t';
import { formatDay, formatTime, toInstant, zoneName } from '@/lib/time';

interface FoldChoiceProps {
  /** The field whose time it is. */
  label: string;
  date: string;
  time: string;
  zone: string;
  /** The second of the two is meant. */
  isLater: boolean;
  onChange: (isLater: boolean) => void;
}

/** Which of the two, in the night when the clocks go back and an hour comes twice; nothing at any other time. */
export function FoldChoice({ label, date, time, zone, isLater, onChange }: FoldChoiceProps) {
  const found = date && time ? toInstant(date, time, zone) : null;
  if (found?.kind !== 'fold') return null;
  const words = formatTime(found.instant, zone);
  return (
    <span className="flex basis-full flex-col gap-1">
      <Select aria-label={t('time.fold.choice', { field: label })} value={isLater ? 'later' : 'first'} onChange={(event) => onChange(event.target.value === 'later')}>
        <option value="first">{t('time.fold.first', { time: words, zone: zoneName(zone, found.instant) })}</option>
        <option value="later">{t('time.fold.second', { time: words, zone: zoneName(zone, found.later) })}</option>
      </Select>
      <span className="text-xs text-muted">{t('time.fold', { time: words, day: formatDay(date) })}</span>
    </span>
  );
}

/** Says of a time that the clocks skip that it does not exist; null of any other. */
export function gapWords(date: string, time: string, zone: string): string | null {
  const found = date && time ? toInstant(date, time, zone) : null;
  if (found?.kind !== 'gap') return null;
  return t('time.gap', { time: formatTime(`${date}T${time}:00Z`, 'UTC'), day: formatDay(date), next: formatTime(found.instant, zone) });
}

/** Whether an instant is the second of the two that its wall time means. */
export function isSecondTime(instant: string, date: string, time: string, zone: string): boolean {
  const found = toInstant(date, time, zone);
  return found.kind === 'fold' && Date.parse(instant) >= Date.parse(found.later);
}
