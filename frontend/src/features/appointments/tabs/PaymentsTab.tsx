import { Suspense, lazy } from 'react';
import { SkeletonLines } from '@/components/ui/Skeleton';
import { t } from '@/i18n/t';
import { usePrefetch } from '@/lib/idle';
import { useEdit } from '../EditContext';

const loadPanel = () => import('@/features/payments/PaymentsPanel');
const PaymentsPanel = lazy(() => loadPanel().then((module) => ({ default: module.PaymentsPanel })));

/** The job's money, for those who see it. */
export function PaymentsTab() {
  const { data } = useEdit();
  usePrefetch(loadPanel);
  return (
    <Suspense
      fallback={
        <div className="p-4">
          <SkeletonLines lines={7} label={t('drawer.loading')} />
        </div>
      }
    >
      <PaymentsPanel appointmentId={data.appointment.id} />
    </Suspense>
  );
}
