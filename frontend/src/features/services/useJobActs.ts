import { ArrowDown, ArrowUp, ListPlus, PencilLine, Percent, RotateCcw, Split, Trash2 } from 'lucide-react';
import type { MenuItem } from '@/components/ui/Menu';
import '@/i18n/late/services';
import { t } from '@/i18n/t';
import { announce } from '@/lib/announce';
import type { Job } from '@/types';
import type { JobDialog } from './JobCard';
import { useWorkPlace } from './WorkContext';

/** What can be done with a job, as its menu lists it. */
export function useJobActs(job: Job, onOpen: (dialog: JobDialog) => void): (MenuItem | 'separator')[] {
  const { sheet, work, attempt } = useWorkPlace();
  const ids = sheet.jobs.map((one) => one.id);
  const at = ids.indexOf(job.id);
  const move = (to: number): void => {
    const order = ids.filter((id) => id !== job.id);
    order.splice(to, 0, job.id);
    void attempt(work.arrange(order)).then((isDone) => isDone && announce(t('services.job.moved', { name: job.name, place: to + 1 })));
  };
  const isDeclined = job.approval === 'declined';
  const items: (MenuItem | 'separator' | false)[] = [
    isDeclined && {
      id: 'again',
      label: t('services.job.again'),
      detail: t('services.job.again.detail'),
      icon: RotateCcw,
      onSelect: () => void attempt(work.offerAgain(job.id)),
    },
    !isDeclined && { id: 'line', label: t('services.job.addLine'), icon: ListPlus, letter: 'l', onSelect: () => onOpen('line') },
    !isDeclined && { id: 'discount', label: t('services.job.discount'), icon: Percent, onSelect: () => onOpen('discount') },
    { id: 'alternative', label: t('services.job.alternative'), icon: Split, onSelect: () => onOpen('alternative') },
    { id: 'words', label: t('services.job.edit'), icon: PencilLine, onSelect: () => onOpen('words') },
    'separator',
    at > 0 && { id: 'up', label: t('services.job.up'), icon: ArrowUp, onSelect: () => move(at - 1) },
    at < ids.length - 1 && { id: 'down', label: t('services.job.down'), icon: ArrowDown, onSelect: () => move(at + 1) },
    {
      id: 'delete',
      label: t('services.job.delete.menu'),
      icon: Trash2,
      isDanger: true,
      onSelect: () => onOpen('delete'),
    },
  ];
  return items.filter((item): item is MenuItem | 'separator' => item !== false);
}
