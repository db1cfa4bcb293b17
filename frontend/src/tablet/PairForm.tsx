import type { SubmitEvent } from 'react';
import { useState } from 'react';
import { Field } from '@/components/ui/Field';
import { Input } from '@/components/ui/Input';
import '@/i18n/late/tablet';
import { t } from '@/i18n/t';
import { bigClasses } from './big';
import { pairTablet } from './enter';

/** Makes this tablet one of the shop's, by the code that the owner got for it. */
export function PairForm({ onPaired }: { onPaired: () => void }) {
  const [code, setCode] = useState('');
  const [fault, setFault] = useState<string | null>(null);
  const [isPending, setPending] = useState(false);
  const onSubmit = async (event: SubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    setPending(true);
    const words = await pairTablet(code);
    setPending(false);
    setFault(words);
    if (words === null) onPaired();
  };
  return (
    <form noValidate onSubmit={(event) => void onSubmit(event)} className="flex max-w-md flex-col gap-3">
      <p className="text-lg">{t('tablet.in.unpaired')}</p>
      <Field label={t('tablet.in.code')} error={fault ?? undefined}>
        {(control) => (
          <Input
            {...control}
            autoComplete="off"
            autoCapitalize="characters"
            spellCheck={false}
            maxLength={20}
            value={code}
            onChange={(event) => setCode(event.target.value)}
            className="h-14! font-mono text-xl! tracking-[0.2em] uppercase"
          />
        )}
      </Field>
      <button type="submit" className={bigClasses('primary')} disabled={isPending || code.trim() === ''}>
        {t(isPending ? 'tablet.in.pending' : 'tablet.in.pair')}
      </button>
    </form>
  );
}
