import { useState } from 'react';
import { toast } from '@/components/ui/toast-store';
import { useSession } from '@/contexts/SessionContext';
import '@/i18n/late/people';
import { t } from '@/i18n/t';
import type { Person } from '@/types';
import { ConfirmDialog } from './ConfirmDialog';
import { useChangePerson, useRemovePin, useResetPassword, useSignOutEverywhere } from './mutations';
import { TemporaryPassword } from './TemporaryPassword';

interface ActProps {
  person: Person;
  onClose: () => void;
}

/** A new temporary password, shown once. */
export function ResetPassword({ person, onClose }: ActProps) {
  const { me } = useSession();
  const reset = useResetPassword(person.id);
  const [password, setPassword] = useState('');
  const { name } = person;
  if (password) return <TemporaryPassword name={name} password={password} onClose={onClose} />;
  return (
    <ConfirmDialog
      title={t('reset.title', { name })}
      lines={[t('reset.detail', { name }), ...(person.id === me.user.id ? [t('reset.self')] : [])]}
      label={t('reset.save')}
      pendingLabel={t('reset.pending')}
      isPending={reset.isPending}
      error={reset.error}
      onClose={onClose}
      onConfirm={() => reset.mutate(undefined, { onSuccess: ({ temporaryPassword }) => setPassword(temporaryPassword) })}
    />
  );
}

/** For a PIN that is forgotten or found out: the person sets a new one. */
export function RemovePin({ person, onClose }: ActProps) {
  const remove = useRemovePin(person.id);
  const { name } = person;
  return (
    <ConfirmDialog
      title={t('pinReset.title', { name })}
      lines={[t('pinReset.detail', { name })]}
      label={t('pinReset.save')}
      pendingLabel={t('pinReset.pending')}
      isPending={remove.isPending}
      error={remove.error}
      onClose={onClose}
      onConfirm={() =>
        remove.mutate(undefined, {
          onSuccess: () => {
            toast({ tone: 'success', title: t('pinReset.done', { name }) });
            onClose();
          },
        })
      }
    />
  );
}

/** For a lost tablet: every sign-in of the person ends. */
export function SignOutEverywhere({ person, onClose }: ActProps) {
  const { me } = useSession();
  const signOut = useSignOutEverywhere(person.id);
  const { name } = person;
  return (
    <ConfirmDialog
      title={t('signOutAll.title', { name })}
      lines={[t('signOutAll.detail', { name }), ...(person.id === me.user.id ? [t('signOutAll.self')] : [])]}
      label={t('signOutAll.save')}
      pendingLabel={t('signOutAll.pending')}
      isPending={signOut.isPending}
      error={signOut.error}
      onClose={onClose}
      onConfirm={() =>
        signOut.mutate(undefined, {
          onSuccess: () => {
            toast({ tone: 'success', title: t('signOutAll.done', { name }) });
            onClose();
          },
        })
      }
    />
  );
}

/** The person may no longer sign in; everything they did stays. */
export function Deactivate({ person, onClose }: ActProps) {
  const { me } = useSession();
  const change = useChangePerson(person.id);
  const { name } = person;
  return (
    <ConfirmDialog
      title={t('deactivate.title', { name })}
      lines={[t('deactivate.detail', { name }), ...(person.id === me.user.id ? [t('deactivate.self')] : [])]}
      label={t('deactivate.save')}
      pendingLabel={t('deactivate.pending')}
      isPending={change.isPending}
      error={change.error}
      onClose={onClose}
      onConfirm={() =>
        change.mutate(
          { change: { isActive: false }, version: person.version },
          {
            onSuccess: () => {
              toast({ tone: 'success', title: t('deactivate.done', { name }) });
              onClose();
            },
          },
        )
      }
    />
  );
}
