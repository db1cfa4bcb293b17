import { t } from '@/i18n/t';

export function Customers() {
  return <h1 className="p-6 text-xl font-semibold">{t('customers.title')}</h1>;
}
