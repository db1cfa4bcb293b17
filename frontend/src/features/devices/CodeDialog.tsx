import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { toast } from '@/components/ui/toast-store';
import '@/i18n/late/devices';
import { t } from '@/i18n/t';
import { errorWords } from '@/lib/error-words';
import { spanWords } from '@/lib/time';
import type { Device, DeviceCode } from '@/types';
import { deviceQueries, useRenewCode } from './queries';

/** A pairing code, large enough to be read across the room. It lives in this dialog only, which closes when it was used. */
export function CodeDialog({ first, name, kind, onClose }: { first: DeviceCode; name: string; kind: Device['kind']; onClose: () => void }) {
  const [code, setCode] = useState(first);
  const [now, setNow] = useState(Date.now);
  const renew = useRenewCode();
  const devices = useInfiniteQuery(deviceQueries.list());
  const device = devices.data?.pages.flatMap((page) => page.items).find((one) => one.id === code.deviceId);
  const left = Date.parse(code.expiresAt) - now;
  const isUsed = device !== undefined && device.codeExpiresAt === null && device.pairedAt !== null;

  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), 5_000);
    return () => window.clearInterval(timer);
  }, []);
  useEffect(() => {
    if (!isUsed) return;
    toast({ tone: 'success', title: t('device.paired', { name }) });
    onClose();
    // It closes once.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [isUsed]);

  return (
    <Dialog
      title={t('device.code.title', { name })}
      size="sm"
      onClose={onClose}
      footer={
        <>
          {left > 0 ? null : (
            <Button isPending={renew.isPending} pendingLabel={t('app.loading')} onClick={() => renew.mutate(code.deviceId, { onSuccess: setCode })}>
              {t('device.code.again')}
            </Button>
          )}
          <Button tone="primary" onClick={onClose}>
            {t('device.code.done')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <p>{t('device.code.lead', { address: `${window.location.origin}${kind === 'tablet' ? '/tech' : '/wall'}` })}</p>
        <p className="rounded-control bg-sunken py-4 text-center font-mono text-2xl font-semibold tracking-[0.2em]">
          <span aria-hidden>{`${code.code.slice(0, 4)} ${code.code.slice(4)}`}</span>
          <span className="sr-only">{t('device.code.letters', { letters: [...code.code].join(' ') })}</span>
        </p>
        <p className={left > 0 ? 'text-muted' : 'font-medium text-warning'}>
          {left > 0 ? t('device.code.left', { span: spanWords(Math.max(left, 60_000)) }) : t('device.code.over')}
        </p>
        {renew.error ? (
          <p role="alert" className="font-medium text-danger">
            {errorWords(renew.error)}
          </p>
        ) : null}
      </div>
    </Dialog>
  );
}
