import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { ApiError } from '@/api';
import { toast } from '@/components/ui/toast-store';
import { LOCALE, t } from '@/i18n/t';
import { errorWords } from '@/lib/error-words';
import { bookKeys } from '@/lib/query-keys';
import type { BooksFault } from '@/types';
import type { Progress } from '@/lib/download';
import { download } from '@/lib/download';
import type { Range } from './queries';

export interface Running {
  report: string;
  progress: Progress | null;
}

/** One download at a time, with its progress; it ends when the page is left. */
export function useDownload(locationId: string, range: Range) {
  const client = useQueryClient();
  const [running, setRunning] = useState<Running | null>(null);
  const [faults, setFaults] = useState<BooksFault[]>([]);
  const abort = useRef<AbortController | null>(null);
  useEffect(() => () => abort.current?.abort(), []);

  const start = async (report: string, name: string): Promise<void> => {
    const controller = new AbortController();
    abort.current = controller;
    setFaults([]);
    setRunning({ report, progress: null });
    try {
      const rows = await download(`/api/admin/reports/${report}.csv`, { ...range, locationId }, {
        signal: controller.signal,
        onProgress: (progress) => setRunning({ report, progress }),
      });
      toast({ tone: 'success', title: t('exports.done', { name, rows: rows.toLocaleString(LOCALE) }) });
    } catch (error) {
      if (controller.signal.aborted) toast({ tone: 'info', title: t('exports.canceled', { name }) });
      else if (error instanceof ApiError && error.code === 'books_disagree') setFaults(error.extra<BooksFault[]>('rows') ?? []);
      else if (error instanceof ApiError) toast({ tone: 'error', title: t('exports.refused', { name }), detail: errorWords(error) });
      // A stream that broke off throws the browser's own error.
      else toast({ tone: 'error', title: t('exports.failed', { name }) });
    } finally {
      setRunning(null);
      void client.invalidateQueries({ queryKey: bookKeys.allowance() });
    }
  };
  return { running, faults, start: (report: string, name: string) => void start(report, name), cancel: () => abort.current?.abort() };
}
