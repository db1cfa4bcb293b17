import { AppointmentCalendar } from '@/components/admin/AppointmentCalendar';

/** The calendar page. */
export function AdminCalendar() {
  return <AppointmentCalendar />;
}
