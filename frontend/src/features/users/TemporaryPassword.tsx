import { Check, Copy } from 'lucide-react';
import { useRef, useState } from 'react';
import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { t } from '@/i18n/t';
import { announce } from '@/lib/announce';

/** A password that can be seen once. It lives in this dialog only; closing forgets it. */
export function TemporaryPassword({ name, password, onClose }: { name: string; password: string; onClose: () => void }) {
  const [copy, setCopy] = useState<'no' | 'yes' | 'failed'>('no');
  const shown = useRef<HTMLElement>(null);

  const select = (): void => {
    if (shown.current) window.getSelection()?.selectAllChildren(shown.current);
  };
  const onCopy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(password);
      setCopy('yes');
      announce(t('password.copied'));
    } catch {
      // Without a secure address or the permission there is no clipboard; the text is selected for copying by hand.
      select();
      setCopy('failed');
      announce(t('password.copyFailed'));
    }
  };

  return (
    <Dialog
      title={t('password.temporary', { name })}
      size="sm"
      onClose={onClose}
      footer={
        <Button tone="primary" onClick={onClose}>
          {t('password.done')}
        </Button>
      }
    >
      <div className="flex flex-col gap-3">
        <p>{t('password.temporary.lead')}</p>
        <div className="flex items-center gap-2 rounded-control border border-line-strong bg-sunken py-1.5 pr-1.5 pl-4">
          <code ref={shown} className="min-w-0 flex-1 font-mono text-base break-all select-all">
            {password}
          </code>
          <Button data-autofocus icon={copy === 'yes' ? <Check size={16} aria-hidden /> : <Copy size={16} aria-hidden />} onClick={() => void onCopy()}>
            {t(copy === 'yes' ? 'password.copied' : 'password.copy')}
          </Button>
        </div>
        {copy === 'failed' ? <p className="text-warning">{t('password.copyFailed')}</p> : null}
        <p className="text-muted">{t('password.temporary.next')}</p>
      </div>
    </Dialog>
  );
}
