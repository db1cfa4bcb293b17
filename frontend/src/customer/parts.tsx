import { clsx } from 'clsx';
import { CircleAlert, CircleCheck, Info, Phone } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import type { Shop } from './api';
import { say } from './say';

const TONES = {
  primary: 'bg-primary text-on-primary hover:bg-primary-hover border-transparent',
  plain: 'bg-surface text-ink border-line-strong hover:bg-hover',
  refused: 'bg-ink text-canvas border-ink',
} as const;

interface ActProps extends Omit<ComponentProps<'button'>, 'className'> {
  tone?: keyof typeof TONES;
}

/** A big button for a thumb. */
export function Act({ tone = 'plain', type = 'button', ...rest }: ActProps) {
  return (
    <button
      type={type}
      className={clsx(
        'flex min-h-12 w-full items-center justify-center gap-2 rounded-control border px-3 py-2 text-center font-semibold disabled:opacity-60',
        TONES[tone],
      )}
      {...rest}
    />
  );
}

const NOTES = {
  warning: ['bg-warning-soft text-warning', CircleAlert],
  danger: ['bg-danger-soft text-danger', CircleAlert],
  success: ['bg-success-soft text-success', CircleCheck],
  info: ['bg-info-soft text-info', Info],
} as const;

/** Something to know, with a sign and words. */
export function Note({ tone, title, children, isAlert = false }: { tone: keyof typeof NOTES; title?: string; children?: ReactNode; isAlert?: boolean }) {
  const [classes, Icon] = NOTES[tone];
  return (
    <div role={isAlert ? 'alert' : undefined} className={clsx('flex gap-2.5 rounded-control p-3', classes)}>
      <Icon aria-hidden size={20} className="mt-0.5 shrink-0" />
      <div className="min-w-0">
        {title ? <p className="font-semibold">{title}</p> : null}
        {children ? <p>{children}</p> : null}
      </div>
    </div>
  );
}

export function Panel({ label, title, children, id }: { label?: string; title?: string; children: ReactNode; id?: string }) {
  return (
    <section id={id} aria-label={label ?? title} className="flex flex-col gap-3 rounded-panel border border-line bg-surface p-4">
      {title ? <h2 className="text-lg font-semibold">{title}</h2> : null}
      {children}
    </section>
  );
}

/** Whom to call, as a link that a phone dials. */
export function CallShop({ shop, isBig = false }: { shop: Shop | null; isBig?: boolean }) {
  if (!shop?.phone) return null;
  return (
    <a
      href={`tel:${shop.phone}`}
      className={clsx(
        'inline-flex min-h-11 items-center justify-center gap-2 rounded-control font-semibold',
        isBig ? 'w-full bg-primary px-4 text-on-primary' : 'text-primary underline underline-offset-4',
      )}
    >
      <Phone aria-hidden size={18} />
      {say('visit.call', { phone: shop.spokenPhone ?? shop.phone })}
    </a>
  );
}
