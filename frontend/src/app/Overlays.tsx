import { Suspense, lazy } from 'react';
import { useOpenAppointment } from '@/contexts/AppointmentContext';
import { useCan, useVisitAccess } from '@/contexts/SessionContext';
import { usePrefetch } from '@/lib/idle';

const loadDrawer = () => import('@/components/admin/AppointmentDrawer');
const loadForm = () => import('@/components/admin/NewAppointment');
const loadBoth = () => Promise.all([loadDrawer(), loadForm()]);
const JobLedger = lazy(() => import('@/components/admin/JobLedger').then((module) => ({ default: module.JobLedger })));
const AppointmentDrawer = lazy(() => loadDrawer().then((module) => ({ default: module.AppointmentDrawer })));
const NewAppointment = lazy(() => loadForm().then((module) => ({ default: module.NewAppointment })));

/** Layers that any page can open: the appointment drawer (of those who keep the books, its money alone) and the new-appointment form. */
export function Overlays() {
  const { openId, isCreating } = useOpenAppointment();
  const access = useVisitAccess();
  const canEdit = useCan('appointment:edit');
  usePrefetch(loadBoth);
  return (
    <Suspense fallback={null}>
      {openId && access === 'job' ? <AppointmentDrawer id={openId} /> : null}
      {openId && access === 'money' ? <JobLedger id={openId} /> : null}
      {isCreating && canEdit ? <NewAppointment /> : null}
    </Suspense>
  );
}
