import type { SubmitEvent } from 'react';
import { useState } from 'react';
import { Field } from '@/components/ui/Field';
import { Input } from '@/components/ui/Input';
import '@/i18n/late/tablet';
import { t } from '@/i18n/t';
import { bigClasses } from './big';
import { enterByPassword } from './enter';

/** The full sign-in: for one's own tablet, and after too many wrong PINs. */
export function PasswordForm({ why, onBack }: { why: string | null; onBack: () => void }) {
  const [fault, setFault] = useState<string | null>(null);
  const [isPending, setPending] = useState(false);
  const onSubmit = async (event: SubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const email = String(data.get('email') ?? '').trim();
    const password = String(data.get('password') ?? '');
    if (!email || !password) {
      setFault(t(email ? 'login.needPassword' : 'login.needEmail'));
      event.currentTarget.querySelector<HTMLInputElement>(`input[name="${email ? 'password' : 'email'}"]`)?.focus();
      return;
    }
    setPending(true);
    const words = await enterByPassword(email, password);
    if (words === null) return;
    setFault(words);
    setPending(false);
  };
  return (
    <form noValidate onSubmit={(event) => void onSubmit(event)} className="flex max-w-md flex-col gap-3">
      {why === null ? null : (
        <p role="alert" className="rounded-panel bg-warning-soft p-3 text-base text-warning">
          {why}
        </p>
      )}
      {fault === null ? null : (
        <p role="alert" className="text-base font-medium text-danger">
          {fault}
        </p>
      )}
      <Field label={t('login.email')}>{(control) => <Input {...control} name="email" type="email" autoComplete="username" autoFocus className="h-14!" />}</Field>
      <Field label={t('login.password')}>{(control) => <Input {...control} name="password" type="password" autoComplete="current-password" className="h-14!" />}</Field>
      <button type="submit" className={bigClasses('primary')} disabled={isPending}>
        {t(isPending ? 'login.pending' : 'login.submit')}
      </button>
      <button type="button" className={bigClasses('plain')} onClick={onBack}>
        {t('tablet.in.withPin')}
      </button>
    </form>
  );
}
