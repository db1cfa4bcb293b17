import { Lock } from 'lucide-react';
import { Link, Outlet } from 'react-router';
import { buttonClasses } from '@/components/ui/Button';
import { EmptyState } from '@/components/ui/EmptyState';
import { useSession } from '@/contexts/SessionContext';
import { t } from '@/i18n/t';
import type { Permission } from '@/types';
import { PAGES, startPage } from './pages';

/** Shows the page below only to those who may see it; the others are told so, at the same address. */
export function RequirePermission({ permission }: { permission: Permission }) {
  const { can, me } = useSession();
  if (can(permission)) return <Outlet />;
  const hasPages = PAGES.some((page) => can(page.permission));
  return (
    <EmptyState
      isPage
      icon={Lock}
      title={t('page.noPermission.title')}
      detail={t('page.noPermission.detail', { role: t(`role.${me.user.role}`) })}
      action={
        hasPages ? (
          <Link className={buttonClasses('primary')} to={startPage(can)}>
            {t('action.home')}
          </Link>
        ) : null
      }
    />
  );
}
