import type { SubmitEvent } from 'react';
import { useId, useState } from 'react';
import '@/i18n/late/wall';
import { t } from '@/i18n/t';
import type { WordKey } from '@/i18n/en';

const LENGTH = 8;
const plain = (typed: string): string => typed.replace(/[^a-z0-9]/gi, '');

async function pair(code: string): Promise<WordKey | null> {
  try {
    const response = await fetch('/api/devices/pair', {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ code, kind: 'wallboard' }),
    });
    if (response.ok) return null;
    if (response.status === 429) return 'wall.pair.tooMany';
    if (response.status !== 422) return 'wall.pair.away';
    const { code: why } = (await response.json()) as { code?: string };
    return why === 'pairing_code_other_kind' ? 'wall.pair.otherKind' : 'wall.pair.refused';
  } catch {
    return 'wall.pair.away';
  }
}

/** Asks for the code that makes this browser the shop's screen. */
export function PairForm({ onPaired }: { onPaired: () => void }) {
  const id = useId();
  const [code, setCode] = useState('');
  const [fault, setFault] = useState<WordKey | null>(null);
  const [isPending, setPending] = useState(false);

  const onSubmit = async (event: SubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    if (plain(code).length !== LENGTH) {
      setFault('wall.pair.need');
      return;
    }
    setPending(true);
    const found = await pair(code);
    setPending(false);
    setFault(found);
    if (found === null) onPaired();
  };

  return (
    <main className="flex min-h-dvh items-center justify-center bg-canvas p-[1rem] text-ink">
      <form noValidate onSubmit={(event) => void onSubmit(event)} className="flex w-full max-w-[44rem] flex-col gap-[1.25rem] rounded-panel bg-surface p-[2.5rem]">
        <h1 className="text-[2.25rem] leading-tight font-semibold">{t('wall.pair.title')}</h1>
        <p className="text-[1.5rem] leading-snug text-muted">{t('wall.pair.lead')}</p>
        <label htmlFor={id} className="text-[1.5rem] font-medium">
          {t('wall.pair.code')}
        </label>
        <input
          id={id}
          // The only thing to do on this page.
          autoFocus
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          maxLength={20}
          value={code}
          aria-invalid={fault !== null}
          aria-describedby={fault === null ? undefined : `${id}-fault`}
          onChange={(event) => setCode(event.target.value)}
          className="min-h-[4.5rem] w-full rounded-control border-2 border-line-strong bg-sunken px-[1.25rem] font-mono text-[2.75rem] tracking-[0.2em] uppercase"
        />
        {fault === null ? null : (
          <p id={`${id}-fault`} role="alert" className="text-[1.5rem] font-medium text-danger">
            {t(fault)}
          </p>
        )}
        <button
          type="submit"
          disabled={isPending}
          className="min-h-[4.5rem] rounded-control bg-primary px-[2rem] text-[1.75rem] font-semibold text-on-primary hover:bg-primary-hover disabled:opacity-60"
        >
          {t(isPending ? 'wall.pair.pending' : 'wall.pair.submit')}
        </button>
      </form>
    </main>
  );
}
