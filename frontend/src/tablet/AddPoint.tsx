import { clsx } from 'clsx';
import type { SubmitEvent } from 'react';
import { useId, useState } from 'react';
import { Dialog } from '@/components/ui/Dialog';
import { Field } from '@/components/ui/Field';
import { Input } from '@/components/ui/Input';
import '@/i18n/late/tablet';
import { t } from '@/i18n/t';
import type { Result } from '@/offline/types';
import type { Picture } from './acts';
import { bigClasses } from './big';
import { TakePhoto } from './CameraButton';
import { RESULTS } from './results';

const CHOICES: readonly Result[] = ['attention', 'fail'];
/** That all is well somewhere is worth a photo too. */
const OF_PHOTO: readonly Result[] = ['pass', ...CHOICES];

interface AddPointProps {
  /** What it is called so far; it only gets another name then. */
  name?: string;
  /** Where it goes, where one does not stand in the inspection already. */
  lead?: string;
  /** It is about a photo: the camera is offered here, and one has to be taken. */
  isPhoto?: boolean;
  onAdd: (label: string, result: Result, pictures: readonly Picture[]) => void;
  onClose: () => void;
}

/** What was seen and is on no list: what it is, and how bad. Note and more photos follow on its own page, as of any other point. */
export function AddPoint({ name, lead, isPhoto = false, onAdd, onClose }: AddPointProps) {
  const formId = useId();
  const [label, setLabel] = useState(name ?? '');
  const [result, setResult] = useState<Result>('attention');
  const [isTold, setTold] = useState(false);
  const [pictures, setPictures] = useState<readonly Picture[]>([]);
  const [isWorking, setWorking] = useState(false);
  const lacksPhoto = isPhoto && pictures.length === 0;
  const onSubmit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const words = label.trim();
    setTold(true);
    if (words === '') event.currentTarget.querySelector('input')?.focus();
    else if (lacksPhoto) event.currentTarget.querySelector<HTMLInputElement>('input[type=file]')?.focus();
    else onAdd(words, result, pictures);
  };
  return (
    <Dialog
      title={t(name !== undefined ? 'tablet.point.rename.title' : isPhoto ? 'tablet.into.photo.title' : lead === undefined ? 'tablet.check.add' : 'tablet.into.finding.title')}
      size="sm"
      isForm
      isChanged={isWorking || pictures.length > 0}
      onClose={onClose}
      footer={
        <>
          <button type="button" className={bigClasses('plain')} onClick={onClose}>
            {t('action.cancel')}
          </button>
          <button type="submit" form={formId} disabled={isWorking} className={bigClasses('primary')}>
            {t(isWorking ? 'tablet.check.photo.working' : name === undefined ? 'tablet.check.add.save' : 'tablet.point.rename')}
          </button>
        </>
      }
    >
      <form id={formId} noValidate className="flex flex-col gap-3" onSubmit={onSubmit}>
        <Field label={t(isPhoto ? 'tablet.into.photo.label' : 'tablet.check.add.label')} hint={name === undefined ? (lead ?? t('tablet.check.add.lead')) : undefined} error={isTold && label.trim() === '' ? t('tablet.check.add.missing') : undefined}>
          {(control) => <Input {...control} data-autofocus maxLength={120} autoComplete="off" className="h-11!" value={label} onChange={(event) => setLabel(event.target.value)} />}
        </Field>
        {isPhoto ? (
          <>
            <TakePhoto
              words={pictures.length === 0 ? t('tablet.into.photo.take') : t('tablet.into.photo.taken', { count: pictures.length })}
              name={t('tablet.into.photo.take')}
              isNeeded={isTold && lacksPhoto}
              onTake={(picture) => setPictures((before) => [...before, picture])}
              onWorking={setWorking}
            />
            {isTold && lacksPhoto && !isWorking ? (
              <p role="alert" className="text-sm font-medium text-danger">
                {t('tablet.into.photo.missing')}
              </p>
            ) : null}
          </>
        ) : null}
        {name === undefined ? (
          <div role="group" aria-label={t('tablet.check.add.result')} className={clsx('grid gap-3', isPhoto ? 'sm:grid-cols-3' : 'grid-cols-2')}>
            {(isPhoto ? OF_PHOTO : CHOICES).map((choice) => {
              const { word, icon: Icon, soft, edge } = RESULTS[choice];
              const isChosen = choice === result;
              return (
                <button
                  key={choice}
                  type="button"
                  aria-pressed={isChosen}
                  className={clsx(
                    'flex min-h-14 items-center justify-center gap-3 rounded-panel border-2 px-3 py-1 text-lg font-semibold select-none touch-manipulation',
                    isPhoto ? 'sm:flex-col sm:gap-0.5' : 'max-sm:flex-col max-sm:gap-0.5',
                    isChosen ? [soft, edge, 'outline-3 -outline-offset-1 outline-current'] : 'border-line-strong bg-surface text-ink hover:bg-hover',
                  )}
                  onClick={() => setResult(choice)}
                >
                  <Icon aria-hidden size={28} />
                  {t(word)}
                </button>
              );
            })}
          </div>
        ) : null}
      </form>
    </Dialog>
  );
}
