import { clsx } from 'clsx';
import { UserPlus } from 'lucide-react';
import { useState } from 'react';
import { NavLink, Navigate, Route, Routes } from 'react-router';
import { Button } from '@/components/ui/Button';
import { RolesTable } from '@/features/users/RolesTable';
import { TemporaryPassword } from '@/features/users/TemporaryPassword';
import { useActivate } from '@/features/users/useActivate';
import { Deactivate, RemovePin, ResetPassword, SignOutEverywhere } from '@/features/users/UserActs';
import { UserDialog } from '@/features/users/UserDialog';
import { UserList } from '@/features/users/UserList';
import type { UserAct } from '@/features/users/UserRow';
import '@/i18n/late/people';
import { t } from '@/i18n/t';
import type { Person } from '@/types';

type Open = { what: UserAct; person: Person } | { what: 'add' } | { what: 'handOver'; name: string; password: string } | null;

const TAB = 'inline-flex h-10 items-center border-b-2 px-2 font-medium focus-visible:outline-offset-[-2px] pointer-coarse:h-12';

/** The people of the shop and what their roles may do; for Owners. */
export function Users() {
  const [open, setOpen] = useState<Open>(null);
  const activate = useActivate();
  const close = (): void => setOpen(null);

  const tab = (to: string, words: string) => (
    <NavLink
      to={to}
      end
      className={({ isActive }) => clsx(TAB, isActive ? 'border-primary text-ink' : 'border-transparent text-muted hover:text-ink')}
    >
      {words}
    </NavLink>
  );

  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <header className="shrink-0 border-b border-line bg-surface">
        <div className="flex h-14 items-center justify-between gap-3 px-4 sm:px-6">
          <h1 className="text-lg font-semibold">{t('users.title')}</h1>
          <Button tone="primary" icon={<UserPlus size={16} aria-hidden />} onClick={() => setOpen({ what: 'add' })}>
            {t('users.new')}
          </Button>
        </div>
        <nav aria-label={t('users.tabs')} className="-mb-px flex gap-2 px-2 sm:px-4">
          {tab('/users', t('users.tab.people'))}
          {tab('/users/roles', t('users.tab.roles'))}
        </nav>
      </header>
      <Routes>
        <Route
          index
          element={
            <UserList
              onAct={(act, person) => {
                if (act === 'activate') activate(person);
                else setOpen({ what: act, person });
              }}
            />
          }
        />
        <Route path="roles" element={<RolesTable />} />
        <Route path="*" element={<Navigate to="/users" replace />} />
      </Routes>
      {open?.what === 'add' || open?.what === 'edit' ? (
        <UserDialog
          person={open.what === 'edit' ? open.person : null}
          onClose={close}
          onAdded={(person, password) => setOpen({ what: 'handOver', name: person.name, password })}
        />
      ) : null}
      {open?.what === 'handOver' ? <TemporaryPassword name={open.name} password={open.password} onClose={close} /> : null}
      {open?.what === 'password' ? <ResetPassword person={open.person} onClose={close} /> : null}
      {open?.what === 'pin' ? <RemovePin person={open.person} onClose={close} /> : null}
      {open?.what === 'signOut' ? <SignOutEverywhere person={open.person} onClose={close} /> : null}
      {open?.what === 'deactivate' ? <Deactivate person={open.person} onClose={close} /> : null}
    </div>
  );
}
