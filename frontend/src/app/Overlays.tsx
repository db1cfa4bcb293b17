import { Suspense, lazy } from 'react';
import { useOpenAppointment } from '@/contexts/AppointmentContext';
import { useCan } from '@/contexts/SessionContext';

const AppointmentDrawer = lazy(() => import('@/components/admin/AppointmentDrawer').then((module) => ({ default: module.AppointmentDrawer })));

/** Layers that any page can open: the appointment drawer and the new-appointment form. */
export function Overlays() {
  const { openId } = useOpenAppointment();
  const canView = useCan('appointment:view');
  return (
    <Suspense fallback={null}>{openId && canView ? <AppointmentDrawer id={openId} /> : null}</Suspense>
  );
}
