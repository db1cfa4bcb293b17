import { Download, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { ApiError } from '@/api';
import { Button } from '@/components/ui/Button';
import { toast } from '@/components/ui/toast-store';
import '@/i18n/late/numbers';
import { t } from '@/i18n/t';
import { download } from '@/lib/download';
import { errorWords } from '@/lib/error-words';
import type { Asked } from './queries';

/** Hands out a figure's rows as a file: whole or not at all, counted among the few exports of an hour. */
export function RowsDownload({ figureKey, name, asked }: { figureKey: string; name: string; asked: Asked }) {
  const [isRunning, setRunning] = useState(false);
  const abort = useRef<AbortController | null>(null);
  useEffect(() => () => abort.current?.abort(), []);

  const start = async (): Promise<void> => {
    const controller = new AbortController();
    abort.current = controller;
    setRunning(true);
    try {
      const { locationId, from, to, techId } = asked;
      const rows = await download(`/api/admin/dashboard/stats/${figureKey}/rows.csv`, { locationId, from, to, techId }, {
        signal: controller.signal,
        onProgress: () => undefined,
      });
      toast({ tone: 'success', title: t('numbers.file.done', { name, count: rows }) });
    } catch (error) {
      // Whoever cancels or leaves knows.
      if (!controller.signal.aborted) {
        toast({ tone: 'error', title: t('numbers.file.failed', { name }), ...(error instanceof ApiError ? { detail: errorWords(error) } : {}) });
      }
    } finally {
      setRunning(false);
    }
  };

  return isRunning ? (
    <Button icon={<X size={16} aria-hidden />} onClick={() => abort.current?.abort()}>
      {t('numbers.file.cancel')}
    </Button>
  ) : (
    <Button icon={<Download size={16} aria-hidden />} onClick={() => void start()}>
      {t('numbers.file')}
    </Button>
  );
}
