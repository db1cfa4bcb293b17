import { Lock, PowerOff } from 'lucide-react';
import { Link, Outlet } from 'react-router';
import { buttonClasses } from '@/components/ui/Button';
import { EmptyState } from '@/components/ui/EmptyState';
import { useSession } from '@/contexts/SessionContext';
import { TextingOffPage } from '@/features/messages/TextingOff';
import { t } from '@/i18n/t';
import type { Flags, Permission } from '@/types';
import { pagesFor, startPage } from './pages';

/** Shows the page below only to those who may see it; the others are told so, at the same address, as is everybody of a feature that is switched off. */
export function RequirePermission({ permission, flag }: { permission: Permission; flag?: keyof Flags }) {
  const { can, me } = useSession();
  const hasPages = pagesFor(can, me.flags).length > 0;
  const home = hasPages ? (
    <Link className={buttonClasses('primary')} to={startPage(can, me.flags)}>
      {t('action.home')}
    </Link>
  ) : null;
  if (can(permission) && flag && !me.flags[flag]) {
    if (flag === 'messaging' && me.switchedOff.some((one) => one.name === flag)) return <TextingOffPage home={home} />;
    return <EmptyState isPage icon={PowerOff} title={t('page.off.title')} detail={t(can('settings:manage') ? 'page.off.owner' : 'page.off.detail')} action={home} />;
  }
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
  return (
    <EmptyState
      isPage
      icon={Lock}
      title={t('page.noPermission.title')}
      detail={t('page.noPermission.detail', { role: t(`role.${me.user.role}`) })}
      action={home}
    />
  );
}
