import type { SubmitEvent } from 'react';
import { useId, useState } from 'react';
import { ApiError } from '@/api';
import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { Field } from '@/components/ui/Field';
import { Input } from '@/components/ui/Input';
import { toast } from '@/components/ui/toast-store';
import { Toggle } from '@/components/ui/Toggle';
import { useSession } from '@/contexts/SessionContext';
import { t } from '@/i18n/t';
import { errorWords } from '@/lib/error-words';
import { useChangePassword } from './mutations';

/** The server's least length; it also refuses what everybody tries first. */
const SHORTEST = 10;

type Errors = Partial<Record<'currentPassword' | 'newPassword' | 'form', string>>;

/** One's own password. The fields tell a password manager what they are. */
export function ChangePasswordDialog({ onClose }: { onClose: () => void }) {
  const formId = useId();
  const { me } = useSession();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [isShown, setShown] = useState(false);
  const [errors, setErrors] = useState<Errors>({});
  const change = useChangePassword();

  const refuse = (found: Errors): void => {
    setErrors(found);
    const first = found.currentPassword ? 'currentPassword' : found.newPassword ? 'newPassword' : null;
    if (first) document.getElementById(formId)?.querySelector<HTMLElement>(`[name="${first}"]`)?.focus();
  };
  const onSubmit = async (event: SubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const found: Errors = {
      ...(current ? {} : { currentPassword: t('account.password.needCurrent') }),
      ...(next.length < SHORTEST
        ? { newPassword: t('account.password.tooShort') }
        : next === current
          ? { newPassword: t('account.password.same') }
          : {}),
    };
    refuse(found);
    if (Object.keys(found).length > 0) return;
    try {
      await change.mutateAsync({ currentPassword: current, newPassword: next });
      toast({ tone: 'success', title: t('account.password.done') });
      onClose();
    } catch (error) {
      const fields = error instanceof ApiError ? Object.entries(error.fields) : [];
      refuse(fields.length > 0 ? Object.fromEntries(fields.map(([field, messages]) => [field, messages[0] ?? ''])) : { form: errorWords(error) });
    }
  };
  const type = isShown ? 'text' : 'password';

  return (
    <Dialog
      title={t('account.password.title')}
      size="sm"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button type="submit" form={formId} tone="primary" isPending={change.isPending} pendingLabel={t('action.saving')}>
            {t('account.password.save')}
          </Button>
        </>
      }
    >
      <form id={formId} noValidate onSubmit={(event) => void onSubmit(event)} className="flex flex-col gap-4">
        <p className="text-muted">{t('account.password.lead')}</p>
        {errors.form ? (
          <p role="alert" className="rounded-control bg-danger-soft px-3 py-2 font-medium text-danger">
            {errors.form}
          </p>
        ) : null}
        <input type="text" name="username" autoComplete="username" value={me.user.email} readOnly hidden />
        <Field label={t('account.password.current')} error={errors.currentPassword}>
          {(control) => (
            <Input
              {...control}
              name="currentPassword"
              type={type}
              data-autofocus
              autoComplete="current-password"
              value={current}
              onChange={(event) => setCurrent(event.target.value)}
            />
          )}
        </Field>
        <Field label={t('account.password.new')} error={errors.newPassword} hint={t('account.password.hint')}>
          {(control) => (
            <Input
              {...control}
              name="newPassword"
              type={type}
              autoComplete="new-password"
              maxLength={200}
              value={next}
              onChange={(event) => setNext(event.target.value)}
            />
          )}
        </Field>
        <Toggle isOn={isShown} onChange={setShown} label={t('account.password.show')} />
      </form>
    </Dialog>
  );
}
