import { clsx } from 'clsx';
import '@/i18n/late/tablet';
import { t } from '@/i18n/t';
import type { Result } from '@/offline/types';
import { act } from './act';
import type { Place } from './acts';
import { answer } from './acts';
import { CameraButton } from './CameraButton';
import { needsPhoto } from './points';
import { RESULTS } from './results';

const CHOICES: readonly Result[] = ['pass', 'attention', 'fail', 'na'];

/** The big answers under the thumb. Each tap is saved; a second tap on the same one changes nothing. */
export function Answers({ place }: { place: Place }) {
  const { item } = place;
  return (
    <>
      <div role="group" aria-label={t('tablet.check.answer')} className="flex flex-col gap-2 max-md:grid max-md:grid-cols-2">
        {CHOICES.map((result) => {
          const { word, icon: Icon, soft, edge } = RESULTS[result];
          const isChosen = item.result === result;
          return (
            <button
              key={result}
              type="button"
              aria-pressed={isChosen}
              className={clsx(
                'flex items-center justify-center gap-3 rounded-panel border-2 px-3 text-lg font-semibold select-none touch-manipulation max-md:gap-1.5 max-md:px-1.5 max-md:text-base',
                result === 'na' ? 'min-h-11 max-md:min-h-14' : 'min-h-16 max-md:min-h-14',
                isChosen ? [soft, edge, 'outline-3 -outline-offset-1 outline-current'] : 'border-line-strong bg-surface text-ink hover:bg-hover',
              )}
              onClick={() => {
                if (!isChosen) void act(answer(place, { result }));
              }}
            >
              <Icon aria-hidden className="shrink-0" size={result === 'na' ? 22 : 30} />
              {t(word)}
            </button>
          );
        })}
      </div>
      <CameraButton place={place} isNeeded={needsPhoto(item)} />
    </>
  );
}
