import { useQuery } from '@tanstack/react-query';
import type { SubmitEvent } from 'react';
import { useId, useState } from 'react';
import { ApiError, newIdempotencyKey } from '@/api';
import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { Field } from '@/components/ui/Field';
import { Input } from '@/components/ui/Input';
import { toast } from '@/components/ui/toast-store';
import { Toggle } from '@/components/ui/Toggle';
import { useSession } from '@/contexts/SessionContext';
import '@/i18n/late/people';
import { t } from '@/i18n/t';
import { errorWords } from '@/lib/error-words';
import type { Person, Role } from '@/types';
import { LocationChoice } from './LocationChoice';
import type { PersonChange } from './mutations';
import { useChangePerson, useCreatePerson } from './mutations';
import { userQueries } from './queries';
import { RoleChoice } from './RoleChoice';

interface UserDialogProps {
  /** The person to edit; null adds one. */
  person: Person | null;
  onClose: () => void;
  /** A person was added: their temporary password is to be handed over. */
  onAdded: (person: Person, temporaryPassword: string) => void;
}

type Errors = Partial<Record<'name' | 'email' | 'role' | 'locationIds' | 'form', string>>;

/** Add a person, or change name, role, locations and whether they may sign in. */
export function UserDialog({ person, onClose, onAdded }: UserDialogProps) {
  const formId = useId();
  const { me } = useSession();
  // What the dialog opened with: only what differs from it is sent.
  const [base] = useState(person);
  const [name, setName] = useState(base?.name ?? '');
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role | null>(base?.role ?? null);
  const [locationIds, setLocationIds] = useState<readonly string[]>(base?.locationIds ?? me.locations.slice(0, 1).map((one) => one.id));
  const [isActive, setActive] = useState(base?.isActive ?? true);
  const [version, setVersion] = useState(base?.version);
  const [errors, setErrors] = useState<Errors>({});
  const [idempotencyKey] = useState(newIdempotencyKey);
  const owners = useQuery(userQueries.owners());
  const create = useCreatePerson();
  const change = useChangePerson(base?.id ?? '');
  const isLastOwner = base !== null && owners.data?.length === 1 && owners.data[0]?.id === base.id;

  const refuse = (found: Errors): void => {
    setErrors(found);
    const first = Object.keys(found)[0];
    if (first) document.getElementById(formId)?.querySelector<HTMLElement>(`[name="${first}"]`)?.focus();
  };
  const onFailure = (error: unknown): void => {
    if (error instanceof ApiError && error.code === 'stale_version') {
      // Saving again then puts these changes on top of the others'.
      setVersion(error.extra<number>('currentVersion') ?? version);
      refuse({ form: t('user.stale') });
      return;
    }
    if (error instanceof ApiError && error.code === 'email_taken') {
      refuse({ email: errorWords(error) });
      return;
    }
    const fields = error instanceof ApiError ? Object.entries(error.fields) : [];
    const marked = Object.fromEntries(fields.map(([field, messages]) => [field, messages[0] ?? '']));
    refuse(fields.length > 0 ? marked : { form: errorWords(error) });
  };

  const onSubmit = async (event: SubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const found: Errors = {
      ...(name.trim() ? {} : { name: t('user.needName') }),
      ...(base || email.trim() ? {} : { email: t('user.needEmail') }),
      ...(role ? {} : { role: t('user.needRole') }),
      ...(locationIds.length > 0 ? {} : { locationIds: t('user.needLocation') }),
    };
    refuse(found);
    if (!role || Object.keys(found).length > 0) return;
    try {
      if (base) {
        const wish: PersonChange = {
          ...(name.trim() === base.name ? {} : { name: name.trim() }),
          ...(role === base.role ? {} : { role }),
          ...(isActive === base.isActive ? {} : { isActive }),
          ...(sameIds(locationIds, base.locationIds) ? {} : { locationIds: [...locationIds] }),
        };
        if (Object.keys(wish).length > 0) await change.mutateAsync({ change: wish, version });
        toast({ tone: 'success', title: t('user.saved', { name: name.trim() }) });
        onClose();
      } else {
        const added = await create.mutateAsync({
          person: { name: name.trim(), email: email.trim(), role, locationIds: [...locationIds] },
          idempotencyKey,
        });
        onAdded(added, added.temporaryPassword ?? '');
      }
    } catch (error) {
      onFailure(error);
    }
  };

  return (
    <Dialog
      title={base ? t('user.edit.title', { name: base.name }) : t('user.new.title')}
      isForm
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button
            type="submit"
            form={formId}
            tone="primary"
            isPending={create.isPending || change.isPending}
            pendingLabel={t(base ? 'action.saving' : 'user.new.pending')}
          >
            {t(base ? 'user.edit.save' : 'user.new.save')}
          </Button>
        </>
      }
    >
      <form id={formId} noValidate onSubmit={(event) => void onSubmit(event)} className="flex flex-col gap-4">
        {errors.form ? (
          <p role="alert" className="rounded-control bg-danger-soft px-3 py-2 font-medium text-danger">
            {errors.form}
          </p>
        ) : null}
        <Field label={t('user.name')} error={errors.name}>
          {(control) => (
            <Input {...control} name="name" data-autofocus autoComplete="off" maxLength={100} value={name} onChange={(event) => setName(event.target.value)} />
          )}
        </Field>
        {base ? (
          <dl>
            <dt className="text-xs font-medium text-muted">{t('user.email')}</dt>
            <dd className="py-1 [overflow-wrap:anywhere]">{base.email}</dd>
            <dd className="text-xs text-muted">{t('user.email.fixed')}</dd>
          </dl>
        ) : (
          <Field label={t('user.email')} error={errors.email} hint={t('user.new.hint')}>
            {(control) => (
              <Input
                {...control}
                name="email"
                type="email"
                autoComplete="off"
                maxLength={254}
                value={email}
                onChange={(event) => setEmail(event.target.value)}
              />
            )}
          </Field>
        )}
        <RoleChoice
          role={role}
          onChange={setRole}
          error={errors.role}
          hint={
            isLastOwner
              ? t('user.lastOwner', { name: base.name })
              : base?.id === me.user.id && role !== base.role
                ? t('user.self.role')
                : undefined
          }
          isDisabled={isLastOwner}
        />
        <LocationChoice chosen={locationIds} onChange={setLocationIds} error={errors.locationIds} />
        {base && !isLastOwner ? <Toggle isOn={isActive} onChange={setActive} label={t('user.active')} /> : null}
      </form>
    </Dialog>
  );
}

function sameIds(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((id) => others.includes(id));
}
