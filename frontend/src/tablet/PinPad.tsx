import { Delete } from 'lucide-react';
import type { SubmitEvent } from 'react';
import { useId, useRef, useState } from 'react';
import { Input } from '@/components/ui/Input';
import '@/i18n/late/tablet';
import { t } from '@/i18n/t';
import type { Person } from '@/offline/types';
import { bigClasses } from './big';
import { enterByPin } from './enter';

const LEAST = 6;
const MOST = 12;
const DIGITS = ['1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;

interface PinPadProps {
  person: Person;
  onOther: () => void;
  /** Only the password helps now. */
  onLocked: () => void;
}

/** The PIN, by keys as big as a glove or typed. */
export function PinPad({ person, onOther, onLocked }: PinPadProps) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [pin, setPin] = useState('');
  const [fault, setFault] = useState<string | null>(null);
  const [isPending, setPending] = useState(false);
  const type = (digit: string): void => setPin((last) => (last + digit).slice(0, MOST));

  const onSubmit = async (event: SubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    if (pin.length < LEAST) {
      setFault(t('tablet.in.needPin'));
      field.current?.focus();
      return;
    }
    setPending(true);
    const refused = await enterByPin(person, pin);
    setPending(false);
    if (!refused) return;
    setPin('');
    setFault(refused.words);
    if (refused.isLocked) onLocked();
    else field.current?.focus();
  };
  const key = bigClasses('plain', 'min-h-14 text-xl!');
  return (
    <form noValidate onSubmit={(event) => void onSubmit(event)} className="flex max-w-md flex-col gap-3">
      <label htmlFor={id} className="text-lg font-semibold">
        {t('tablet.in.pin', { name: person.name })}
      </label>
      <Input
        ref={field}
        id={id}
        type="password"
        inputMode="none"
        autoComplete="off"
        autoFocus
        maxLength={MOST}
        value={pin}
        aria-invalid={fault !== null || undefined}
        aria-describedby={fault === null ? undefined : `${id}-fault`}
        className="h-14! text-center text-2xl! tracking-[0.4em]"
        onChange={(event) => setPin(event.target.value.replace(/\D/g, ''))}
      />
      {fault === null ? null : (
        <p id={`${id}-fault`} role="alert" className="text-base font-medium text-danger">
          {fault}
        </p>
      )}
      <div className="grid grid-cols-3 gap-3">
        {DIGITS.map((digit) => (
          <button key={digit} type="button" className={key} onClick={() => type(digit)}>
            {digit}
          </button>
        ))}
        <button type="button" className={key} aria-label={t('tablet.in.delete')} onClick={() => setPin((last) => last.slice(0, -1))}>
          <Delete aria-hidden />
        </button>
        <button type="button" className={key} onClick={() => type('0')}>
          {'0'}
        </button>
        <button type="submit" className={bigClasses('primary', 'min-h-14')} disabled={isPending}>
          {t(isPending ? 'tablet.in.pending' : 'tablet.in.enter')}
        </button>
      </div>
      <button type="button" className={bigClasses('plain')} onClick={onOther}>
        {t('tablet.in.other')}
      </button>
    </form>
  );
}
