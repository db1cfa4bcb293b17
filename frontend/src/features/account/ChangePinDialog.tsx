import type { SubmitEvent } from 'react';
import { useId, useState } from 'react';
import { ApiError } from '@/api';
import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { Field } from '@/components/ui/Field';
import { Input } from '@/components/ui/Input';
import { toast } from '@/components/ui/toast-store';
import { useSession } from '@/contexts/SessionContext';
import { t } from '@/i18n/t';
import { errorWords } from '@/lib/error-words';
import { usePin } from './mutations';

type Errors = Partial<Record<'currentPassword' | 'pin' | 'form', string>>;

/** One's own PIN for the shop's shared tablets. */
export function ChangePinDialog({ onClose }: { onClose: () => void }) {
  const formId = useId();
  const { me } = useSession();
  const [password, setPassword] = useState('');
  const [pin, setPin] = useState('');
  const [errors, setErrors] = useState<Errors>({});
  const { set, remove } = usePin();

  const refuse = (found: Errors): void => {
    setErrors(found);
    const first = found.currentPassword ? 'currentPassword' : found.pin ? 'pin' : null;
    if (first) document.getElementById(formId)?.querySelector<HTMLElement>(`[name="${first}"]`)?.focus();
  };
  const onSubmit = async (event: SubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const found: Errors = {
      ...(password ? {} : { currentPassword: t('account.password.needCurrent') }),
      ...(/^[0-9]{6,12}$/.test(pin) ? {} : { pin: t('account.pin.needDigits') }),
    };
    refuse(found);
    if (Object.keys(found).length > 0) return;
    try {
      await set.mutateAsync({ currentPassword: password, pin });
      toast({ tone: 'success', title: t('account.pin.done') });
      onClose();
    } catch (error) {
      const fields = error instanceof ApiError ? Object.entries(error.fields) : [];
      refuse(fields.length > 0 ? Object.fromEntries(fields.map(([field, messages]) => [field, messages[0] ?? ''])) : { form: errorWords(error) });
    }
  };
  const onRemove = (): void =>
    remove.mutate(undefined, {
      onSuccess: () => {
        toast({ tone: 'success', title: t('account.pin.removed') });
        onClose();
      },
      onError: (error) => refuse({ form: errorWords(error) }),
    });

  return (
    <Dialog
      title={t(me.hasPin ? 'account.pin.title.change' : 'account.pin.title.set')}
      size="sm"
      onClose={onClose}
      footer={
        <>
          {me.hasPin ? (
            <Button tone="ghost" isPending={remove.isPending} pendingLabel={t('account.pin.removing')} onClick={onRemove}>
              {t('account.pin.remove')}
            </Button>
          ) : null}
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button type="submit" form={formId} tone="primary" isPending={set.isPending} pendingLabel={t('action.saving')}>
            {t('account.pin.save')}
          </Button>
        </>
      }
    >
      <form id={formId} noValidate onSubmit={(event) => void onSubmit(event)} className="flex flex-col gap-4">
        <p className="text-muted">{t('account.pin.lead')}</p>
        {errors.form ? (
          <p role="alert" className="rounded-control bg-danger-soft px-3 py-2 font-medium text-danger">
            {errors.form}
          </p>
        ) : null}
        <input type="text" name="username" autoComplete="username" value={me.user.email} readOnly hidden />
        <Field label={t('account.pin.password')} error={errors.currentPassword}>
          {(control) => (
            <Input
              {...control}
              name="currentPassword"
              type="password"
              data-autofocus
              autoComplete="current-password"
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          )}
        </Field>
        <Field label={t('account.pin.pin')} hint={t('account.pin.hint')} error={errors.pin}>
          {(control) => (
            <Input
              {...control}
              name="pin"
              type="password"
              inputMode="numeric"
              autoComplete="off"
              maxLength={12}
              value={pin}
              onChange={(event) => setPin(event.target.value)}
            />
          )}
        </Field>
      </form>
    </Dialog>
  );
}
