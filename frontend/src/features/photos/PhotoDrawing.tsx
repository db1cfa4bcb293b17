import { Circle, MoveUpRight, Trash2, Undo2 } from 'lucide-react';
import type { KeyboardEvent } from 'react';
import { useId, useRef, useState } from 'react';
import { ApiError } from '@/api';
import { Button } from '@/components/ui/Button';
import type { PhotoMark } from '@/components/ui/PhotoMarks';
import '@/i18n/late/photos';
import { t } from '@/i18n/t';
import { errorWords } from '@/lib/error-words';
import { useFocusKeeper } from '@/lib/focus-keeper';
import { Canvas } from './Canvas';
import { Frame } from './Frame';
import { MOST_MARKS, newMark, useDrawing } from './marks';
import type { ShownPhoto } from './types';

interface PhotoDrawingProps {
  photo: ShownPhoto;
  onSave: (marks: PhotoMark[], version: number | undefined) => Promise<unknown>;
  onEnd: () => void;
}

const KINDS = [
  { kind: 'arrow', icon: MoveUpRight },
  { kind: 'circle', icon: Circle },
] as const;

/** Drawing on a photo: the buttons put a mark into the middle, a finger draws it where it shall be. */
export function PhotoDrawing({ photo, onSave, onEnd }: PhotoDrawingProps) {
  const helpId = useId();
  const root = useRef<HTMLDivElement>(null);
  // A mark that is removed takes the focus with it.
  useFocusKeeper(root, () => root.current?.querySelector<HTMLElement>('footer button'));
  const [drawing, act] = useDrawing(photo.annotations);
  const [kind, setKind] = useState<PhotoMark['kind']>('arrow');
  const [version, setVersion] = useState(photo.version);
  const [isPending, setPending] = useState(false);
  const [isAsking, setAsking] = useState(false);
  const [error, setError] = useState<unknown>();
  const { marks, chosen, before } = drawing;
  const isDirty = JSON.stringify(marks) !== JSON.stringify(photo.annotations);

  const add = (one: PhotoMark['kind']): void => {
    setKind(one);
    act({ do: 'add', mark: newMark(one, marks.length) });
  };
  const save = async (): Promise<void> => {
    if (!isDirty) return onEnd();
    setPending(true);
    setError(undefined);
    try {
      await onSave([...marks], version);
      onEnd();
    } catch (refusal) {
      // What stands there now is known: saving once more replaces it on purpose.
      const theirs = refusal instanceof ApiError ? refusal.extra<{ version: number }>('photo') : undefined;
      if (theirs) setVersion(theirs.version);
      setError(refusal);
      setPending(false);
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    if (isDirty) setAsking(true);
    else onEnd();
  };

  return (
    // Escape leaves the drawing, not the viewer; the buttons do the same.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div ref={root} className="flex min-h-0 flex-1 flex-col" onKeyDown={onKeyDown}>
      {photo.url !== null && photo.width && photo.height ? (
        <Frame photo={photo} url={photo.url} alt="">
          <Canvas drawing={drawing} act={act} kind={kind} width={photo.width} height={photo.height} />
        </Frame>
      ) : null}
      <footer className="flex flex-col gap-2 border-t border-line px-3 py-2">
        <Notice isAsking={isAsking && isDirty} isFull={marks.length >= MOST_MARKS} error={error} helpId={helpId} />
        <div
          className="flex flex-wrap items-center gap-2 [&_[aria-pressed=true]]:border-primary [&_[aria-pressed=true]]:bg-info-soft [&_[aria-pressed=true]]:text-info"
          role="group"
          aria-label={t('photo.draw.title')}
          aria-describedby={helpId}
        >
          {KINDS.map(({ kind: one, icon: Icon }) => (
            <Button
              key={one}
              icon={<Icon size={18} aria-hidden />}
              aria-pressed={kind === one}
              aria-disabled={marks.length >= MOST_MARKS}
              onClick={() => add(one)}
            >
              {t(`photo.draw.${one}`)}
            </Button>
          ))}
          <Button tone="ghost" icon={<Undo2 size={18} aria-hidden />} aria-disabled={before.length === 0} onClick={() => act({ do: 'undo' })}>
            {t('photo.draw.undo')}
          </Button>
          <Button
            tone="ghost"
            icon={<Trash2 size={18} aria-hidden />}
            aria-disabled={chosen === null}
            onClick={() => (chosen === null ? undefined : act({ do: 'remove', index: chosen }))}
          >
            {t('photo.draw.remove')}
          </Button>
          {/* Where there is no room beside the tools, both ways out stand below them, together. */}
          <span className="ml-auto flex gap-2">
            <Button onClick={onEnd} disabled={isPending}>
              {isDirty ? t('photo.draw.discard') : t('action.cancel')}
            </Button>
            <Button tone="primary" isPending={isPending} pendingLabel={t('action.saving')} onClick={() => void save()}>
              {t('photo.draw.save')}
            </Button>
          </span>
        </div>
      </footer>
    </div>
  );
}

function Notice({ isAsking, isFull, error, helpId }: { isAsking: boolean; isFull: boolean; error: unknown; helpId: string }) {
  if (error !== undefined) {
    const isConflict = error instanceof ApiError && error.code === 'edit_conflict';
    return (
      <p id={helpId} role="alert" className="font-medium text-danger">
        {isConflict ? t('photo.draw.conflict') : errorWords(error)}
      </p>
    );
  }
  if (isAsking) {
    return (
      <p id={helpId} role="alert" className="font-medium text-warning">
        {t('photo.draw.unsaved')}
      </p>
    );
  }
  return (
    <p id={helpId} className="text-xs text-muted">
      {isFull ? t('photo.draw.full') : t('photo.draw.help')}
    </p>
  );
}
