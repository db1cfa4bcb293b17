import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import '@/i18n/late/services';
import { t } from '@/i18n/t';
import type { Job } from '@/types';
import { useWorkPlace } from './WorkContext';

/** Asks before a job and its lines leave the visit: they don't come back by themselves. */
export function DeleteJob({ job, onClose }: { job: Job; onClose: () => void }) {
  const { work, attempt } = useWorkPlace();
  const { name } = job;
  return (
    <Dialog
      title={t('services.delete.title', { name })}
      size="sm"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button
            tone="danger"
            isPending={work.isPending}
            pendingLabel={t('action.saving')}
            onClick={() => void attempt(work.deleteJob(job), t('services.job.deleted', { name })).then(onClose)}
          >
            {t('services.job.delete')}
          </Button>
        </>
      }
    >
      <p>{t(job.approval === 'approved' ? 'services.delete.approved' : 'services.delete.lead')}</p>
    </Dialog>
  );
}
