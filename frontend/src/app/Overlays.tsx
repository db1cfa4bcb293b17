import { Suspense, lazy } from 'react';
import { useOpenAppointment } from '@/contexts/AppointmentContext';
import { useCan } from '@/contexts/SessionContext';
import { usePrefetch } from '@/lib/idle';

const loadDrawer = () => import('@/components/admin/AppointmentDrawer');
const loadForm = () => import('@/components/admin/NewAppointment');
const loadBoth = () => Promise.all([loadDrawer(), loadForm()]);
const AppointmentDrawer = lazy(() => loadDrawer().then((module) => ({ default: module.AppointmentDrawer })));
const NewAppointment = lazy(() => loadForm().then((module) => ({ default: module.NewAppointment })));

/** Layers that any page can open: the appointment drawer and the new-appointment form. */
export function Overlays() {
  const { openId, isCreating } = useOpenAppointment();
  const canView = useCan('appointment:view');
  const canEdit = useCan('appointment:edit');
  usePrefetch(loadBoth);
  return (
    <Suspense fallback={null}>
      {openId && canView ? <AppointmentDrawer id={openId} /> : null}
      {isCreating && canEdit ? <NewAppointment /> : null}
    </Suspense>
  );
}
