import { RefreshCw } from 'lucide-react';
import { Button } from '@/components/ui/Button';
import '@/i18n/late/tablet';
import { t } from '@/i18n/t';
import { restart, useWaitingVersion } from './worker-client';

/** Offers a new version; what waits to be sent is kept through the restart. */
export function UpdateBar() {
  const worker = useWaitingVersion();
  if (!worker) return null;
  return (
    <div role="status" className="flex items-center gap-3 bg-info-soft px-3 py-1 text-info">
      <RefreshCw aria-hidden size={20} />
      <p className="flex-1 font-medium">{t('tablet.update')}</p>
      <Button onClick={() => restart(worker)}>{t('tablet.update.now')}</Button>
    </div>
  );
}
