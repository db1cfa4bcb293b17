import { t } from '@/i18n/t';

/** The board page. */
export function AdminAppointments() {
  return <h1 className="p-6 text-xl font-semibold">{t('board.title')}</h1>;
}
