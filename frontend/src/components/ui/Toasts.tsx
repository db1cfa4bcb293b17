import { clsx } from 'clsx';
import { CircleCheck, Info, TriangleAlert, X } from 'lucide-react';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { createPortal } from 'react-dom';
import { t } from '@/i18n/t';
import { Button } from './Button';
import { IconButton } from './IconButton';
import type { ToastMessage } from './toast-store';
import { dismissToast, toastStore } from './toast-store';

const LOOK = {
  success: { icon: CircleCheck, className: 'text-success' },
  error: { icon: TriangleAlert, className: 'text-danger' },
  info: { icon: Info, className: 'text-info' },
};

function ToastCard({ message }: { message: ToastMessage }) {
  const [isHeld, setHeld] = useState(false);
  useEffect(() => {
    if (message.timeout === null || isHeld) return undefined;
    const timer = window.setTimeout(() => dismissToast(message.id), message.timeout);
    return () => window.clearTimeout(timer);
  }, [message, isHeld]);
  const { icon: Icon, className } = LOOK[message.tone];
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- pointing at a message or standing in it only keeps it from leaving; nothing is triggered
    <li
      className="pointer-events-auto flex w-full items-start gap-3 rounded-control border border-line bg-raised py-2.5 pr-2 pl-3.5 shadow-menu motion-safe:animate-rise"
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <Icon size={18} aria-hidden className={clsx('mt-2 shrink-0', className)} />
      <div className="min-w-0 flex-1 py-1.5">
        <p className="font-medium">{message.title}</p>
        {message.detail ? <p className="text-muted">{message.detail}</p> : null}
      </div>
      {message.action ? (
        <Button
          size="sm"
          onClick={() => {
            dismissToast(message.id);
            message.action?.run();
          }}
        >
          {message.action.label}
        </Button>
      ) : null}
      {message.dismissLabel ? (
        <Button size="sm" tone="ghost" onClick={() => dismissToast(message.id)}>
          {message.dismissLabel}
        </Button>
      ) : (
        <IconButton icon={X} size="sm" label={t('action.dismiss')} onClick={() => dismissToast(message.id)} />
      )}
    </li>
  );
}

/**
 * In the lower corner where the least work stands: at the right, above the phone's menu; beside an open drawer, not over it.
 * Where the window is too narrow for both, at the left, over what the drawer has covered anyway. Where somebody writes, at the
 * top, over what was said long ago: below stand the words and the button that sends them.
 */
const PLACE =
  'pointer-events-none fixed inset-x-3 bottom-17 z-[60] flex flex-col gap-2 pb-[env(safe-area-inset-bottom)] ' +
  'md:bottom-3 md:left-auto md:w-96 ' +
  'md:[body:has([data-align=right])_&]:right-auto md:[body:has([data-align=right])_&]:left-3 ' +
  'lg:[body:has([data-align=right])_&]:right-[572px] lg:[body:has([data-align=right])_&]:left-auto ' +
  // On the tablet, on the side of the hand that does not press the big buttons; held like a phone, above them.
  'max-md:[body:has([data-glove])_&]:top-24 max-md:[body:has([data-glove])_&]:bottom-auto ' +
  'md:[body:has([data-glove=right])_&]:right-auto md:[body:has([data-glove=right])_&]:left-3 ' +
  // Upright there is no more room than beside them.
  'md:max-lg:[body:has([data-glove])_&]:w-[calc(100vw-18rem)] ' +
  // What opens there rises from the lower edge.
  'md:[body:has([data-glove]):has([data-layer])_&]:top-3 md:[body:has([data-glove]):has([data-layer])_&]:bottom-auto ' +
  'max-lg:[body:has([data-composer])_&]:top-36 max-lg:[body:has([data-composer])_&]:bottom-auto ' +
  '[body:has([data-composer]):not(:has([data-align=right]))_&]:top-36 [body:has([data-composer]):not(:has([data-align=right]))_&]:bottom-auto';

/** The messages' place: its own root beside the page, so that it stays usable above an open modal layer. */
export function Toasts() {
  const messages = useSyncExternalStore(toastStore.subscribe, toastStore.read);
  return createPortal(
    <ul
      id="toasts"
      role="list"
      className={PLACE}
      data-no-print
    >
      {messages.map((message) => (
        <ToastCard key={message.id} message={message} />
      ))}
    </ul>,
    document.body,
  );
}
