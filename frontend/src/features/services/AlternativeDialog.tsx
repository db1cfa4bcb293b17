import { Dialog } from '@/components/ui/Dialog';
import '@/i18n/late/services';
import { t } from '@/i18n/t';
import type { Job } from '@/types';
import { AddJob } from './AddJob';

/** Another job that may be done instead: from the catalogue, or by hand. */
export function AlternativeDialog({ job, onClose }: { job: Job; onClose: () => void }) {
  return (
    <Dialog title={t('services.alternative.title', { name: job.name })} onClose={onClose}>
      <p className="mb-3 text-muted">{t('services.alternative.lead')}</p>
      {/* Room for the list below the field. */}
      <div className="min-h-80">
        <AddJob alternativeTo={job.id} onAdded={onClose} />
      </div>
    </Dialog>
  );
}
