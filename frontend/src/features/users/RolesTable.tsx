import { useQuery } from '@tanstack/react-query';
import { Check, Minus } from 'lucide-react';
import { Fragment } from 'react';
import { EmptyState } from '@/components/ui/EmptyState';
import { ErrorState } from '@/components/ui/ErrorState';
import { SkeletonLines } from '@/components/ui/Skeleton';
import '@/i18n/late/people';
import { t } from '@/i18n/t';
import { userQueries } from './queries';
import { groupPermissions, permissionWords } from './roles';

/** What each role may do, from the same table that the server's guards read. */
export function RolesTable() {
  const matrix = useQuery(userQueries.permissions());
  if (matrix.isPending) {
    return (
      <div className="p-6">
        <SkeletonLines lines={12} label={t('roles.loading')} />
      </div>
    );
  }
  if (!matrix.data) return <ErrorState error={matrix.error} onRetry={() => void matrix.refetch()} />;
  const { roles, permissions } = matrix.data;
  if (permissions.length === 0) return <EmptyState title={t('roles.empty')} />;

  return (
    // A table that scrolls must be reachable by keyboard.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div tabIndex={0} role="region" aria-label={t('roles.table')} className="min-h-0 flex-1 overflow-auto bg-surface focus-visible:outline-offset-[-2px]">
      <p className="max-w-[80ch] px-4 py-3 text-muted sm:px-6">{t('roles.lead')}</p>
      <table className="w-full max-w-5xl border-separate border-spacing-0">
        <thead>
          <tr>
            <th scope="col" className="sticky top-0 z-10 border-b border-line bg-surface px-4 py-2 text-left text-xs font-medium text-muted sm:px-6">
              {t('roles.permission')}
            </th>
            {roles.map((role) => (
              <th
                key={role}
                scope="col"
                className="sticky top-0 z-10 w-16 border-b border-line bg-surface px-0.5 py-2 text-center text-xs font-semibold sm:w-28 sm:text-sm"
              >
                {t(`role.${role}`)}
              </th>
            ))}
          </tr>
        </thead>
        {groupPermissions(permissions).map((group) => (
          <tbody key={group.key}>
            <tr>
              <th
                scope="rowgroup"
                colSpan={roles.length + 1}
                className="border-b border-line bg-sunken px-4 pt-3 pb-1.5 text-left text-sm font-semibold sm:px-6"
              >
                {group.title}
              </th>
            </tr>
            {group.rows.map((row) => (
              <tr key={row.key} className="hover:bg-hover">
                <th scope="row" className="border-b border-line px-4 py-2 text-left font-normal sm:px-6">
                  {permissionWords(row)}
                </th>
                {roles.map((role) => (
                  <td key={role} className="border-b border-line text-center">
                    {row.roles.includes(role) ? <Mark isAllowed /> : <Mark isAllowed={false} />}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        ))}
      </table>
    </div>
  );
}

function Mark({ isAllowed }: { isAllowed: boolean }) {
  const Icon = isAllowed ? Check : Minus;
  return (
    <Fragment>
      <span
        aria-hidden
        className={
          isAllowed
            ? 'inline-flex size-6 items-center justify-center rounded-full bg-success-soft text-success'
            : 'inline-flex size-6 items-center justify-center text-muted'
        }
      >
        <Icon size={14} strokeWidth={isAllowed ? 3 : 2} />
      </span>
      <span className="sr-only">{t(isAllowed ? 'roles.yes' : 'roles.no')}</span>
    </Fragment>
  );
}
