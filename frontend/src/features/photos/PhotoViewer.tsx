import { ChevronLeft, ChevronRight, ImageOff, PencilLine, Trash2, X } from 'lucide-react';
import { useId, useRef, useState } from 'react';
import { Button } from '@/components/ui/Button';
import { EmptyState } from '@/components/ui/EmptyState';
import { IconButton } from '@/components/ui/IconButton';
import { Layer } from '@/components/ui/Layer';
import type { PhotoMark } from '@/components/ui/PhotoMarks';
import { PhotoMarks } from '@/components/ui/PhotoMarks';
import { toast } from '@/components/ui/toast-store';
import '@/i18n/late/photos';
import { t } from '@/i18n/t';
import { errorWords } from '@/lib/error-words';
import { useFocusKeeper } from '@/lib/focus-keeper';
import { useHotkeys } from '@/lib/hotkeys';
import { Frame } from './Frame';
import type { PhotoDrawing } from './PhotoDrawing';
import type { ShownPhoto } from './types';

export interface PhotoActs {
  /** Saves what was drawn over the given version; it may throw an ApiError. Without it nobody draws here. */
  onAnnotate?: ((photo: ShownPhoto, marks: PhotoMark[], version: number | undefined) => Promise<unknown>) | undefined;
  /** Deletes the photo for everybody. Without it nobody deletes here. */
  onDelete?: ((photo: ShownPhoto) => Promise<unknown>) | undefined;
  /** An address did not show its photo: it may have ended, so ask for new ones. */
  onStale?: (() => void) | undefined;
}

interface PhotoViewerProps extends PhotoActs {
  photos: readonly ShownPhoto[];
  what: string;
  openId: string;
  onOpen: (id: string) => void;
  onClose: () => void;
}

type Mode = 'look' | 'draw' | 'delete';

/** One photo as large as the screen lets it be, the others beside it, and what can be done with it. */
export function PhotoViewer({ photos, what, openId, onOpen, onClose, onAnnotate, onDelete, onStale }: PhotoViewerProps) {
  const id = useId();
  const viewer = useRef<HTMLDivElement>(null);
  const [mode, setMode] = useState<Mode>('look');
  // It comes with the first drawing: most photos are only looked at.
  const [Drawing, setDrawing] = useState<typeof PhotoDrawing | null>(null);
  const draw = (): void => {
    import('./PhotoDrawing').then(
      (module) => {
        setDrawing(() => module.PhotoDrawing);
        setMode('draw');
      },
      () => toast({ tone: 'error', title: t('photo.draw.failed') }),
    );
  };
  // Looking, drawing and deleting have buttons of their own.
  useFocusKeeper(viewer, () => viewer.current?.querySelector<HTMLElement>('footer button:not([aria-disabled="true"])'));
  const index = photos.findIndex((one) => one.id === openId);
  const photo = photos[index];
  const go = (step: number): void => {
    const next = photos[index + step];
    if (next && mode === 'look') onOpen(next.id);
  };
  useHotkeys({ arrowleft: () => go(-1), arrowright: () => go(1) }, { inLayers: true });
  // It was deleted, here or elsewhere.
  if (!photo) return null;
  const number = index + 1;

  const onDeleted = (): void => {
    const neighbor = photos[index + 1] ?? photos[index - 1];
    setMode('look');
    if (neighbor) onOpen(neighbor.id);
    else onClose();
  };

  return (
    <Layer onClose={mode === 'draw' ? () => undefined : onClose} labelledBy={id} align="center" panelClassName="size-full rounded-panel motion-safe:animate-enter">
      <div
        ref={viewer}
        // For gloves: larger than the 44 px of other screens.
        className="flex min-h-0 flex-1 flex-col pointer-coarse:[&_button]:min-h-14 pointer-coarse:[&_button]:min-w-14"
      >
        <header className="flex min-h-11 items-center justify-between gap-3 border-b border-line py-1 pr-2 pl-5 pointer-coarse:min-h-16">
          <h2 id={id} className="min-w-0 truncate text-base font-semibold">
            {t('photo.title', { what, number, count: photos.length })}
          </h2>
          {mode === 'draw' ? null : <IconButton icon={X} label={t('action.close')} onClick={onClose} />}
        </header>
        {mode === 'draw' && Drawing && onAnnotate ? (
          <Drawing key={photo.id} photo={photo} onSave={(marks, version) => onAnnotate(photo, marks, version)} onEnd={() => setMode('look')} />
        ) : (
          <>
            <Picture key={photo.url} photo={photo} alt={t('photo.alt', { number, what })} onStale={onStale} />
            {photo.problem ? (
              <p role="alert" className="border-t border-line bg-danger-soft px-5 py-2 font-medium text-danger">
                {photo.problem}
              </p>
            ) : null}
            <footer className="flex flex-wrap items-center gap-2 border-t border-line px-3 py-2">
              {mode === 'delete' && onDelete ? (
                <Deletion onDelete={() => onDelete(photo)} onDeleted={onDeleted} onCancel={() => setMode('look')} />
              ) : (
                <>
                  <IconButton icon={ChevronLeft} label={t('photo.previous')} aria-disabled={index === 0} onClick={() => go(-1)} />
                  <IconButton icon={ChevronRight} label={t('photo.next')} aria-disabled={number === photos.length} onClick={() => go(1)} />
                  <span className="ml-auto flex flex-wrap justify-end gap-2">
                    {onDelete ? (
                      <Button tone="ghost" icon={<Trash2 size={18} aria-hidden />} onClick={() => setMode('delete')}>
                        {t('photo.delete')}
                      </Button>
                    ) : null}
                    {onAnnotate && photo.url !== null && photo.width !== null ? (
                      <Button tone="primary" icon={<PencilLine size={18} aria-hidden />} onClick={draw}>
                        {t('photo.draw')}
                      </Button>
                    ) : null}
                  </span>
                </>
              )}
            </footer>
          </>
        )}
      </div>
    </Layer>
  );
}

function Picture({ photo, alt, onStale }: { photo: ShownPhoto; alt: string; onStale?: (() => void) | undefined }) {
  const [isMissing, setMissing] = useState(false);
  if (photo.url === null || isMissing) {
    return (
      <div className="flex flex-1 items-center justify-center bg-sunken">
        <EmptyState icon={ImageOff} title={t('photo.missing.title')} {...(photo.problem ? {} : { detail: t('photo.missing.detail') })} />
      </div>
    );
  }
  const onError = (): void => {
    setMissing(true);
    onStale?.();
  };
  return (
    <Frame photo={photo} url={photo.url} alt={alt} onError={onError}>
      {photo.width && photo.height ? <PhotoMarks marks={photo.annotations} width={photo.width} height={photo.height} /> : null}
    </Frame>
  );
}

function Deletion({ onDelete, onDeleted, onCancel }: { onDelete: () => Promise<unknown>; onDeleted: () => void; onCancel: () => void }) {
  const [isPending, setPending] = useState(false);
  const [error, setError] = useState<unknown>();
  const remove = async (): Promise<void> => {
    setPending(true);
    setError(undefined);
    try {
      await onDelete();
      onDeleted();
    } catch (refusal) {
      setError(refusal);
      setPending(false);
    }
  };
  return (
    <>
      <p role={error ? 'alert' : undefined} className={`min-w-0 flex-1 font-medium ${error ? 'text-danger' : ''}`}>
        {error ? errorWords(error) : t('photo.delete.ask')}
      </p>
      <Button onClick={onCancel}>{t('action.cancel')}</Button>
      <Button tone="danger" isPending={isPending} pendingLabel={t('photo.delete.pending')} onClick={() => void remove()}>
        {t('photo.delete.save')}
      </Button>
    </>
  );
}
