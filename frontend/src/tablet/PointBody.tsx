import { GitCompareArrows } from 'lucide-react';
import { useState } from 'react';
import { Link, useLocation } from 'react-router';
import '@/i18n/late/tablet';
import { t } from '@/i18n/t';
import type { Place } from './acts';
import { answer } from './acts';
import { bigClasses } from './big';
import { ConflictChoice } from './ConflictChoice';
import { NoteField } from './NoteField';
import { OwnPoint } from './OwnPoint';
import { PhotoGrid } from './PhotoGrid';
import { ReadingField } from './ReadingField';
import { StateMark } from './StateMark';
import { keeper, useWork } from './work';

/** Beside the answers: the reading, the note, the photos, and where all of it is. */
export function PointBody({ place, isMine }: { place: Place; isMine: boolean }) {
  const { states, operations } = useWork();
  const [isChoosing, setChoosing] = useState(false);
  const { pathname } = useLocation();
  const { item } = place;
  const refused = operations.filter((one) => one.about.itemId === item.id && one.error !== null);
  const parked = refused.find((one) => (one.error?.conflicts.length ?? 0) > 0);
  const why = refused.find((one) => one !== parked && one.error?.conflicts.length === 0)?.error?.words;
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
        {item.isAdded && isMine ? <OwnPoint place={place} /> : null}
      </div>
      {why === undefined ? null : (
        <p className="flex flex-wrap items-center gap-x-4 gap-y-1 text-base font-medium text-danger">
          {t('tablet.check.refused', { why })}
          <Link to="/queue" state={{ from: pathname }} className="flex min-h-11 items-center underline">
            {t('tablet.check.refused.queue')}
          </Link>
        </p>
      )}
      {isChoosing && parked ? <ConflictChoice operation={parked} onClose={() => setChoosing(false)} /> : null}
      {item.unit === null ? null : <ReadingField place={place} isDisabled={!isMine} />}
      <NoteField value={item.note} isDisabled={!isMine} onSave={(note) => keeper.add(answer(place, { note }))} />
      <PhotoGrid place={place} isMine={isMine} />
      {item.jobId ? <p className="text-base font-medium text-success">{t('tablet.check.job.made')}</p> : null}
    </>
  );
}
