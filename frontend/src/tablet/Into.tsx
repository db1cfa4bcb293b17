import { Camera, TriangleAlert } from 'lucide-react';
import { useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { toast } from '@/components/ui/toast-store';
import '@/i18n/late/tablet';
import { t } from '@/i18n/t';
import type { Checklist, Day, Item, Result, Visit } from '@/offline/types';
import { act } from './act';
import type { Picture } from './acts';
import { addPoint, answer, startChecklist, takePhoto } from './acts';
import { AddPoint } from './AddPoint';
import { bigClasses } from './big';
import { offersOf } from './offers';
import { useOnce } from './once';
import { useWork } from './work';

/**
 * A finding, and a photo, from the job's own page: each asks what was seen. They become a point of the visit's inspection, which is
 * begun for them where there is none; it is said before, and nothing is begun for what is put away again.
 */
export function Into({ visit, day }: { visit: Visit; day: Day }) {
  const navigate = useNavigate();
  const once = useOnce();
  const { person } = useWork();
  const [asking, setAsking] = useState<'photo' | 'finding' | null>(null);
  /** What an earlier try wrote down before there was no more room: it is not written twice. */
  const written = useRef<{ checklist: Checklist; item: Item; kept: Set<Picture> } | null>(null);
  const { fitting, others } = offersOf(visit, day.templates);
  const open = visit.checklists.filter((one) => one.status === 'open');
  const begun = open.find((one) => one.holderId === person?.id) ?? open[0] ?? visit.checklists[0];
  const template = fitting[0] ?? others[0];
  if (!begun && !template) return null;

  const begin = async (): Promise<Checklist | undefined> => {
    if (begun || !template || !person) return begun;
    const operation = startChecklist(visit, template, person);
    return (await act(operation)) ? operation.local?.checklist : undefined;
  };
  /** Writes the point down, or what was said of it anew since an earlier try. */
  const write = async (label: string, result: Result): Promise<boolean> => {
    const before = written.current;
    if (before) {
      const { checklist, item, kept } = before;
      if (item.label === label && item.result === result) return true;
      if (!(await act(answer({ visit, checklist, item }, { label, result })))) return false;
      written.current = { checklist, item: { ...item, label, result }, kept };
      return true;
    }
    const checklist = await begin();
    if (!checklist) return false;
    const operation = addPoint(visit, checklist, label, result);
    const item = operation.local?.item;
    if (!item || !(await act(operation))) return false;
    written.current = { checklist, item, kept: new Set() };
    return true;
  };
  const close = (): void => {
    written.current = null;
    setAsking(null);
  };
  const add = (label: string, result: Result, pictures: readonly Picture[]): void =>
    once('into', async () => {
      if (!(await write(label, result))) return false;
      const point = written.current;
      if (!point) return false;
      const { checklist, item, kept } = point;
      for (const picture of pictures) {
        if (!kept.has(picture) && !(await act(...takePhoto({ visit, checklist, item }, picture)))) return false;
        kept.add(picture);
      }
      close();
      toast({ tone: 'success', title: begun ? t('tablet.into.added', { label, name: checklist.title }) : t('tablet.into.begun', { label, name: checklist.title }), key: 'into' });
      void navigate(`/checks/${checklist.id}/${checklist.items.length + 1}`);
      return true;
    });
  return (
    <>
      <button type="button" className={bigClasses()} onClick={() => setAsking('photo')}>
        <Camera aria-hidden />
        {t('tablet.into.photo')}
      </button>
      <button type="button" className={bigClasses()} onClick={() => setAsking('finding')}>
        <TriangleAlert aria-hidden />
        {t('tablet.into.finding')}
      </button>
      {asking ? (
        <AddPoint
          isPhoto={asking === 'photo'}
          lead={begun ? t('tablet.into.lead', { name: begun.title }) : t('tablet.into.lead.begins', { name: template?.name ?? '' })}
          onAdd={add}
          onClose={close}
        />
      ) : null}
    </>
  );
}
