import { useQuery } from '@tanstack/react-query';
import { useId } from 'react';
import { useSession } from '@/contexts/SessionContext';
import '@/i18n/late/consent';
import { t } from '@/i18n/t';
import { useRested } from '@/lib/debounce';
import { phoneDigits } from '@/lib/phone';
import { consentState, isEnded } from './consent';
import { consentQueries } from './queries';

interface ConsentCheckboxProps {
  /** As typed, or as it is on file. */
  phone: string;
  isAgreed: boolean;
  onChange: (isAgreed: boolean) => void;
}

const WHOLE = 10;

/** The exact words that a customer agrees to, unticked; what the number said before stands in their place. */
export function ConsentCheckbox({ phone, isAgreed, onChange }: ConsentCheckboxProps) {
  const id = useId();
  const { brand } = useSession().me;
  const rested = useRested(phone, 250);
  const isWhole = phoneDigits(rested).length >= WHOLE;
  const { data } = useQuery({ ...consentQueries.number(isWhole ? rested : ''), retry: false });
  if (phoneDigits(phone).length < WHOLE) return null;
  const isSettled = data?.informational === 'express' || data?.informational === 'express_written';
  if (data && (isSettled || isEnded(data))) {
    return <p className={isSettled ? 'text-xs text-muted' : 'text-xs font-medium text-danger'}>{isSettled ? consentState(data.informational).words : t('consent.call')}</p>;
  }
  return (
    <div className="flex items-start gap-2.5 rounded-control bg-sunken px-3 py-2 pointer-coarse:py-3">
      <input
        id={id}
        type="checkbox"
        checked={isAgreed}
        aria-describedby={`${id}-words`}
        onChange={(event) => onChange(event.target.checked)}
        className="mt-0.5 size-4 shrink-0 pointer-coarse:size-6"
      />
      <span className="min-w-0">
        <label htmlFor={id} className="block font-medium">
          {t('consent.checkbox')}
        </label>
        <span id={`${id}-words`} className="text-xs text-muted">
          {t('consent.words', { shop: brand.name })}
        </span>
      </span>
    </div>
  );
}
