import { clsx } from 'clsx';
import { Kbd } from '@/components/ui/Kbd';
import { t } from '@/i18n/t';
import type { PaymentMethod } from '@/types';
import { METHODS } from './amount';

/** How the money came: one press, or its letter while one types the amount. */
export function MethodChoice({ method, onChoose }: { method: PaymentMethod; onChoose: (method: PaymentMethod) => void }) {
  return (
    <fieldset>
      <legend className="mb-1 text-xs font-medium text-muted">{t('payments.method')}</legend>
      <div className="flex flex-wrap gap-2">
        {METHODS.map((one) => (
          <label
            key={one.method}
            className={clsx(
              'inline-flex h-9 cursor-pointer items-center gap-2 rounded-control border px-3 font-medium select-none pointer-coarse:h-11',
              'has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-focus',
              one.method === method ? 'border-primary bg-primary text-on-primary' : 'border-line bg-surface hover:bg-hover',
            )}
          >
            <input type="radio" name="method" className="sr-only" value={one.method} checked={one.method === method} onChange={() => onChoose(one.method)} />
            {t(`payments.method.${one.method}`)}
            <span aria-hidden className="pointer-coarse:hidden">
              <Kbd>{one.letter.toUpperCase()}</Kbd>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
