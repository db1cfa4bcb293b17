import { GitCompareArrows } from 'lucide-react';
import { useState } from 'react';
import '@/i18n/late/tablet';
import { t } from '@/i18n/t';
import type { Place } from './acts';
import { answer } from './acts';
import { bigClasses } from './big';
import { ConflictChoice } from './ConflictChoice';
import { NoteField } from './NoteField';
import { PhotoGrid } from './PhotoGrid';
import { ReadingField } from './ReadingField';
import { StateMark } from './StateMark';
import { keeper, useWork } from './work';

/** Beside the answers: the reading, the note, the photos, and where all of it is. */
export function PointBody({ place, isMine }: { place: Place; isMine: boolean }) {
  const { states, operations } = useWork();
  const [isChoosing, setChoosing] = useState(false);
  const { item } = place;
  const parked = operations.find((one) => one.about.itemId === item.id && one.error !== null && one.error.conflicts.length > 0);
  return (
    <>
      <div className="flex min-h-6 flex-wrap items-center gap-3">
        {item.isAdded || item.version > 1 || states.has(item.id) ? <StateMark state={states.get(item.id)} /> : null}
        {parked ? (
          <button type="button" className={bigClasses('danger')} onClick={() => setChoosing(true)}>
            <GitCompareArrows aria-hidden />
            {t('tablet.queue.choose')}
          </button>
        ) : null}
      </div>
      {isChoosing && parked ? <ConflictChoice operation={parked} onClose={() => setChoosing(false)} /> : null}
      {item.unit === null ? null : <ReadingField place={place} isDisabled={!isMine} />}
      <NoteField value={item.note} isDisabled={!isMine} onSave={(note) => keeper.add(answer(place, { note }))} />
      <PhotoGrid place={place} isMine={isMine} />
      {item.jobId ? <p className="text-base font-medium text-success">{t('tablet.check.job.made')}</p> : null}
    </>
  );
}
