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

/** Why a job is declined, in one tap or in own words, and when to come back to it. */
export function WhyNot({ pick, zone, onChange }: { pick: Pick; zone: string; onChange: (pick: Pick) => void }) {
  const name = useId();
  const [isOther, setIsOther] = useState(pick.reason !== '' && !REASONS.some((reason) => say(reason) === pick.reason));
  const [months, setMonths] = useState(0);
  return (
    <div className="flex flex-col gap-3 rounded-control bg-sunken p-3">
      <fieldset className="flex flex-col">
        <legend className="mb-1 font-semibold">{say('visit.why')}</legend>
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
          <Input id={`${name}-words`} maxLength={200} className="h-12 text-base" value={pick.reason} onChange={(event) => onChange({ ...pick, reason: event.target.value })} />
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
