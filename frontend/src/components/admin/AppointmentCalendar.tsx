import { t } from '@/i18n/t';

export function AppointmentCalendar() {
  return <h1 className="p-6 text-xl font-semibold">{t('calendar.title')}</h1>;
}
