import { Lock } from 'lucide-react';
import { Link, Outlet } from 'react-router';
import { buttonClasses } from '@/components/ui/Button';
import { EmptyState } from '@/components/ui/EmptyState';
import { useSession } from '@/contexts/SessionContext';
import { t } from '@/i18n/t';
import type { Flags, Permission } from '@/types';
import { NotFound } from './NotFound';
import { pagesFor, startPage } from './pages';

/** Shows the page below only to those who may see it; the others are told so, at the same address. A feature that is off has no pages. */
export function RequirePermission({ permission, flag }: { permission: Permission; flag?: keyof Flags }) {
  const { can, me } = useSession();
  if (flag && !me.flags[flag]) return <NotFound />;
  if (can(permission)) return <Outlet />;
  if (me.onTablet) {
    return (
      <EmptyState
        isPage
        icon={Lock}
        title={t('page.pinOnly.title')}
        detail={t('page.pinOnly.detail')}
        action={
          <>
            <a className={buttonClasses('primary')} href="/tech">
              {t('page.pinOnly.tablet')}
            </a>
            <Link className={buttonClasses()} to="/login">
              {t('page.pinOnly.password')}
            </Link>
          </>
        }
      />
    );
  }
  const hasPages = pagesFor(can, me.flags).length > 0;
  return (
    <EmptyState
      isPage
      icon={Lock}
      title={t('page.noPermission.title')}
      detail={t('page.noPermission.detail', { role: t(`role.${me.user.role}`) })}
      action={
        hasPages ? (
          <Link className={buttonClasses('primary')} to={startPage(can, me.flags)}>
            {t('action.home')}
          </Link>
        ) : null
      }
    />
  );
}
