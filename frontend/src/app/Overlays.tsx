import { Suspense, lazy } from 'react';
import { useOpenAppointment } from '@/contexts/AppointmentContext';
import { useCan } from '@/contexts/SessionContext';

const AppointmentDrawer = lazy(() =>
  import('@/components/admin/AppointmentDrawer').then((module) => ({ default: module.AppointmentDrawer })),
);
const NewAppointment = lazy(() => import('@/components/admin/NewAppointment').then((module) => ({ default: module.NewAppointment })));

/** Layers that any page can open: the appointment drawer and the new-appointment form. */
export function Overlays() {
  const { openId, isCreating } = useOpenAppointment();
  const canView = useCan('appointment:view');
  const canEdit = useCan('appointment:edit');
  return (
    <Suspense fallback={null}>
      {openId && canView ? <AppointmentDrawer id={openId} /> : null}
      {isCreating && canEdit ? <NewAppointment /> : null}
    </Suspense>
  );
}
