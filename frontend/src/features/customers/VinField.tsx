import { useQuery } from '@tanstack/react-query';
import { clsx } from 'clsx';
import { CircleAlert, CircleCheck, Info } from 'lucide-react';
import { useEffect } from 'react';
import { Field } from '@/components/ui/Field';
import { Input } from '@/components/ui/Input';
import { t } from '@/i18n/t';
import { announce } from '@/lib/announce';
import type { VinReport } from '@/types';
import { vehicleQueries } from './queries';
import { decodedWords, tidyVin, vinVerdict } from './vin';

interface VinFieldProps {
  vin: string;
  onType: (vin: string) => void;
  error?: string | undefined;
  /** What the complete VIN says, as soon as it is known. */
  onDecoded: (report: VinReport) => void;
}

const LOOK = {
  hint: { icon: Info, className: 'text-muted' },
  good: { icon: CircleCheck, className: 'text-success' },
  bad: { icon: CircleAlert, className: 'text-danger' },
};

/** The VIN with its check while one types: length, letters that cannot be, check digit, then what it says. */
export function VinField({ vin, onType, error, onDecoded }: VinFieldProps) {
  const tidy = tidyVin(vin);
  const report = useQuery(vehicleQueries.vin(tidy));
  const verdict = vinVerdict(tidy, report.data ?? null, report.isError);
  const decoded = report.data && report.data.vin === tidy ? report.data : null;

  // Telling the form is an effect: the answer comes from the network, after the keystroke that asked for it.
  useEffect(() => {
    if (decoded) onDecoded(decoded);
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [decoded]);
  const spoken = verdict && verdict.tone !== 'hint' ? verdict.words : '';
  useEffect(() => {
    if (spoken) announce(spoken);
  }, [spoken]);

  const { icon: Icon, className } = LOOK[verdict?.tone ?? 'hint'];
  return (
    <Field label={t('vehicle.vin')} error={error}>
      {(control) => (
        <>
          <Input
            {...control}
            className="font-mono tracking-wide uppercase"
            autoComplete="off"
            autoCapitalize="characters"
            spellCheck={false}
            maxLength={40}
            data-autofocus
            value={vin}
            onChange={(event) => onType(event.target.value.toUpperCase())}
          />
          <p className={clsx('flex min-h-8 items-start gap-1.5 text-xs', className)}>
            <Icon size={14} aria-hidden className="mt-px shrink-0" />
            <span>
              {verdict ? verdict.words : t('vehicle.vin.hint')}
              {decoded && decodedWords(decoded) ? (
                <span className="block font-medium text-ink">{decodedWords(decoded)}</span>
              ) : null}
            </span>
          </p>
        </>
      )}
    </Field>
  );
}
