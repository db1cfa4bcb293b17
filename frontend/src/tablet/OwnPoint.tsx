import { Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { toast } from '@/components/ui/toast-store';
import '@/i18n/late/tablet';
import { t } from '@/i18n/t';
import { act } from './act';
import type { Place } from './acts';
import { answer, removePoint, restorePoint } from './acts';
import { AddPoint } from './AddPoint';
import { bigClasses } from './big';

/** Of a point that the template does not ask for: another name, or away with it. Both can be taken back. */
export function OwnPoint({ place }: { place: Place }) {
  const { item } = place;
  const [isNaming, setNaming] = useState(false);
  const rename = async (label: string): Promise<void> => {
    setNaming(false);
    if (label === item.label || !(await act(answer(place, { label })))) return;
    const back = answer({ ...place, item: { ...item, label } }, { label: item.label });
    toast({ tone: 'success', title: t('tablet.point.renamed', { label }), key: `point ${item.id}`, action: { label: t('action.undo'), run: () => void act(back) } });
  };
  const remove = async (): Promise<void> => {
    if (!(await act(removePoint(place)))) return;
    const back = restorePoint(place);
    toast({ tone: 'success', title: t('tablet.point.removed', { label: item.label }), key: `point ${item.id}`, action: { label: t('action.undo'), run: () => void act(back) } });
  };
  return (
    <div className="flex flex-wrap gap-2">
      <button type="button" className={bigClasses('plain', 'border')} onClick={() => setNaming(true)}>
        <Pencil aria-hidden size={20} />
        {t('tablet.point.rename')}
      </button>
      {item.jobId ? null : (
        <button type="button" className={bigClasses('plain', 'border')} onClick={() => void remove()}>
          <Trash2 aria-hidden size={20} />
          {t('tablet.point.remove')}
        </button>
      )}
      {isNaming ? <AddPoint name={item.label} onAdd={(label) => void rename(label)} onClose={() => setNaming(false)} /> : null}
    </div>
  );
}
