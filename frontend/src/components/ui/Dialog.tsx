import { clsx } from 'clsx';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useId, useRef, useState } from 'react';
import { t } from '@/i18n/t';
import { Button } from './Button';
import { IconButton } from './IconButton';
import { Layer } from './Layer';

interface DialogProps {
  title: string;
  /** Under the title: where or to whom it applies. */
  note?: string | undefined;
  onClose: () => void;
  children: ReactNode;
  /** Buttons; they stay in sight while the content scrolls. */
  footer?: ReactNode;
  size?: 'sm' | 'md' | 'lg';
  returnFocus?: (() => boolean) | undefined;
  /** It is there to be read and holds no control: the keyboard must reach it to scroll it. */
  isReading?: boolean;
  /** What is typed into it is lost with it: Escape, the backdrop and the cross ask first. */
  isForm?: boolean;
  /** It was changed otherwise than by typing, such as by putting things in another order. */
  isChanged?: boolean;
}

const SIZES = { sm: 'max-w-md', md: 'max-w-xl', lg: 'max-w-3xl' };

/** A centred modal window; on a phone it fills the width. Mount it to open it. */
export function Dialog({ title, note, onClose, children, footer, size = 'md', returnFocus, isReading = false, isForm = false, isChanged = false }: DialogProps) {
  const id = useId();
  const [isTyped, setTyped] = useState(false);
  const [isAsking, setAsking] = useState(false);
  const typedIn = useRef<Element | null>(null);
  const goOn = (): void => {
    setAsking(false);
    if (typedIn.current instanceof HTMLElement) typedIn.current.focus();
  };
  const close = (): void => {
    if (!isForm || !(isTyped || isChanged)) onClose();
    else if (isAsking) goOn();
    else {
      typedIn.current = document.activeElement;
      setAsking(true);
    }
  };
  return (
    <Layer
      onClose={close}
      labelledBy={id}
      returnFocus={returnFocus}
      align="center"
      panelClassName={clsx('max-h-full w-full rounded-panel motion-safe:animate-enter', SIZES[size])}
    >
      <header className="flex items-center justify-between gap-3 border-b border-line py-2 pr-2 pl-5">
        <div className="min-w-0">
          <h2 id={id} className="text-lg font-semibold">
            {title}
          </h2>
          {note ? <p className="truncate text-xs text-muted">{note}</p> : null}
        </div>
        <IconButton icon={X} label={t('action.close')} onClick={close} />
      </header>
      <div
        onInput={() => setTyped(true)}
        {...(isReading ? { role: 'region', 'aria-labelledby': id, tabIndex: 0 } : {})}
        className="relative min-h-0 flex-1 overflow-y-auto overscroll-contain px-5 py-4 focus-visible:outline-offset-[-2px]"
      >
        {children}
      </div>
      {isAsking ? (
        <div role="alert" className="flex flex-wrap items-center justify-end gap-2 border-t border-line bg-warning-soft px-5 py-3 text-ink">
          <p className="min-w-0 flex-1 font-medium">{t('dialog.unsaved')}</p>
          <Button tone="danger" onClick={onClose}>
            {t('dialog.discard')}
          </Button>
          {/* The question takes the keyboard: the next Enter must lose nothing. */}
          <Button autoFocus onClick={goOn}>
            {t('dialog.goOn')}
          </Button>
        </div>
      ) : footer ? (
        <footer className="flex flex-wrap items-center justify-end gap-2 border-t border-line px-5 py-3">{footer}</footer>
      ) : null}
    </Layer>
  );
}
