import { t } from '@/i18n/t';

export function Users() {
  return <h1 className="p-6 text-xl font-semibold">{t('users.title')}</h1>;
}
