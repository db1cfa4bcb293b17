import { SearchX } from 'lucide-react';
import { Link } from 'react-router';
import { buttonClasses } from '@/components/ui/Button';
import { EmptyState } from '@/components/ui/EmptyState';
import { t } from '@/i18n/t';

export function NotFound() {
  return (
    <EmptyState
      isPage
      icon={SearchX}
      title={t('page.notFound.title')}
      detail={t('page.notFound.detail')}
      action={
        <Link className={buttonClasses('primary')} to="/">
          {t('action.home')}
        </Link>
      }
    />
  );
}
