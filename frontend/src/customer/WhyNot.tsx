import { CircleAlert } from 'lucide-react';
import { useId, useState } from 'react';
import { Input } from '@/components/ui/Input';
import type { Pick } from './choices';
import { monthsFromToday, say, type Word } from './say';

const REASONS: Word[] = ['visit.why.notNow', 'visit.why.price', 'visit.why.elsewhere', 'visit.why.unsure'];
const MONTHS = [
  [0, 'visit.when.next'],
  [3, 'visit.when.3'],
  [6, 'visit.when.6'],
] as const;

interface WhyNotProps {
  /** Where one is led when the reason is missing. */
  id: string;
  pick: Pick;
  zone: string;
  isMissing: boolean;
  onChange: (pick: Pick) => void;
}

/** Why a job is declined, in one tap or in own words, and when to come back to it. */
export function WhyNot({ id, pick, zone, isMissing, onChange }: WhyNotProps) {
  const name = useId();
  const [isOther, setIsOther] = useState(pick.reason !== '' && !REASONS.some((reason) => say(reason) === pick.reason));
  const [months, setMonths] = useState(0);
  return (
    <div className="flex flex-col gap-3 rounded-control bg-sunken p-3">
      <fieldset id={id} tabIndex={-1} aria-describedby={isMissing ? `${name}-missing` : undefined} className="flex scroll-mt-4 flex-col">
        <legend className="mb-1 font-semibold">{say('visit.why')}</legend>
        {isMissing ? (
          <p id={`${name}-missing`} className="mb-1 flex items-center gap-2 font-medium text-danger">
            <CircleAlert aria-hidden size={18} className="shrink-0" />
            {say('visit.why.missing')}
          </p>
        ) : null}
        {[...REASONS, 'visit.why.other' as const].map((reason) => {
          const isThisOther = reason === 'visit.why.other';
          return (
            <label key={reason} className="flex min-h-11 cursor-pointer items-center gap-3">
              <input
                type="radio"
                name={name}
                className="size-5 shrink-0"
                checked={isThisOther ? isOther : !isOther && pick.reason === say(reason)}
                onChange={() => {
                  setIsOther(isThisOther);
                  onChange({ ...pick, reason: isThisOther ? '' : say(reason) });
                }}
              />
              {say(reason)}
            </label>
          );
        })}
      </fieldset>
      {isOther ? (
        <div className="flex flex-col gap-1">
          <label htmlFor={`${name}-words`}>{say('visit.why.words')}</label>
          <Input id={`${name}-words`} aria-invalid={isMissing || undefined} aria-describedby={isMissing ? `${name}-missing` : undefined} maxLength={200} className="h-12 text-base" value={pick.reason} onChange={(event) => onChange({ ...pick, reason: event.target.value })} />
        </div>
      ) : null}
      <div className="flex flex-col gap-1">
        <label htmlFor={`${name}-when`}>{say('visit.when')}</label>
        <select
          id={`${name}-when`}
          className="h-12 w-full rounded-control border border-line-strong bg-surface px-3 text-base"
          value={months}
          onChange={(event) => {
            const chosen = Number(event.target.value);
            setMonths(chosen);
            onChange({ ...pick, deferredUntil: chosen ? monthsFromToday(chosen, zone) : null });
          }}
        >
          {MONTHS.map(([value, word]) => (
            <option key={value} value={value}>
              {say(word)}
            </option>
          ))}
        </select>
      </div>
    </div>
  );
}
