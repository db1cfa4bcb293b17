import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { t } from '@/i18n/t';
import { errorReference, errorWords } from '@/lib/error-words';
import { Button } from './Button';

interface ErrorStateProps {
  error: unknown;
  title?: string;
  onRetry?: () => void;
  action?: ReactNode;
}

/** What went wrong in words, the request's number for support, and the way on. */
export function ErrorState({ error, title, onRetry, action }: ErrorStateProps) {
  const reference = errorReference(error);
  return (
    <div role="alert" className="flex flex-col items-center gap-2 px-6 py-10 text-center">
      <span className="mb-1 flex size-11 items-center justify-center rounded-full bg-danger-soft text-danger">
        <TriangleAlert size={22} aria-hidden />
      </span>
      <p className="text-base font-semibold">{title ?? t('error.load')}</p>
      <p className="max-w-[52ch] text-muted">{errorWords(error)}</p>
      {reference ? <p className="font-mono text-xs text-muted">{reference}</p> : null}
      <div className="mt-2 flex flex-wrap justify-center gap-2">
        {onRetry ? <Button onClick={onRetry}>{t('action.retry')}</Button> : null}
        {action}
      </div>
    </div>
  );
}
