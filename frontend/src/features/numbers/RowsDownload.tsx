import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Download, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { ApiError } from '@/api';
import { Button } from '@/components/ui/Button';
import { toast } from '@/components/ui/toast-store';
import { useShopLocation } from '@/contexts/LocationContext';
import '@/i18n/late/numbers';
import { t } from '@/i18n/t';
import { exportAllowance } from '@/lib/data/exports';
import { download } from '@/lib/download';
import { errorWords } from '@/lib/error-words';
import { bookKeys } from '@/lib/query-keys';
import { formatTime } from '@/lib/time';
import type { Asked } from './queries';

/** Hands out a figure's rows as a file: whole or not at all, counted among the few exports of an hour. */
export function RowsDownload({ figureKey, name, asked }: { figureKey: string; name: string; asked: Asked }) {
  const { location } = useShopLocation();
  const client = useQueryClient();
  const { data: allowance } = useQuery(exportAllowance());
  const [isRunning, setRunning] = useState(false);
  const abort = useRef<AbortController | null>(null);
  useEffect(() => () => abort.current?.abort(), []);

  const start = async (): Promise<void> => {
    const controller = new AbortController();
    abort.current = controller;
    setRunning(true);
    try {
      const { locationId, from, to, techId, relativeTo } = asked;
      const rows = await download(`/api/admin/dashboard/stats/${figureKey}/rows.csv`, { locationId, from, to, techId, relativeTo }, {
        signal: controller.signal,
        onProgress: () => undefined,
      });
      toast({ tone: 'success', title: t('numbers.file.done', { name, count: rows }) });
    } catch (error) {
      // Whoever cancels or leaves knows.
      if (controller.signal.aborted) return;
      if (error instanceof ApiError) toast({ tone: 'error', title: t('numbers.file.refused', { name }), detail: errorWords(error) });
      // A stream that broke off throws the browser's own error.
      else toast({ tone: 'error', title: t('numbers.file.failed', { name }) });
    } finally {
      setRunning(false);
      void client.invalidateQueries({ queryKey: bookKeys.allowance() });
    }
  };

  const isUsedUp = allowance?.remaining === 0;
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
      {isRunning ? (
        <Button icon={<X size={16} aria-hidden />} onClick={() => abort.current?.abort()}>
          {t('numbers.file.cancel')}
        </Button>
      ) : (
        <Button icon={<Download size={16} aria-hidden />} disabled={isUsedUp} onClick={() => void start()}>
          {t('numbers.file')}
        </Button>
      )}
      {allowance ? (
        <p aria-live="polite" className="text-xs text-muted">
          {isUsedUp && allowance.nextAt
            ? t('numbers.file.next', { limit: String(allowance.limit), time: formatTime(allowance.nextAt, location.timezone) })
            : t('numbers.file.left', { count: allowance.remaining, limit: String(allowance.limit) })}
        </p>
      ) : null}
    </div>
  );
}
