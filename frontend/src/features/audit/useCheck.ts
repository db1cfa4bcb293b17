import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { api } from '@/api';
import { auditKeys } from '@/lib/query-keys';
import type { AuditCheck } from '@/types';

interface CheckState {
  /** The check that is under way, as far as it is. */
  running: AuditCheck | null;
  error: unknown;
  begin: () => void;
}

/** Checks all chains step by step while the page is open; leaving it stops it, and nothing is lost by that. */
export function useCheck(onDone: (check: AuditCheck) => void): CheckState {
  const client = useQueryClient();
  const [running, setRunning] = useState<AuditCheck | null>(null);
  const [error, setError] = useState<unknown>(null);
  const left = useRef<AbortController | null>(null);
  useEffect(() => () => left.current?.abort(), []);

  const walk = async (): Promise<void> => {
    const leaving = new AbortController();
    left.current = leaving;
    setError(null);
    try {
      let check = await api.post<AuditCheck>('/api/admin/audit/checks', { signal: leaving.signal });
      while (check.finishedAt === null) {
        setRunning(check);
        check = await api.post<AuditCheck>(`/api/admin/audit/checks/${check.id}/step`, { signal: leaving.signal });
      }
      await client.invalidateQueries({ queryKey: auditKeys.all });
      onDone(check);
    } catch (reason) {
      if (!leaving.signal.aborted) setError(reason);
    } finally {
      if (!leaving.signal.aborted) setRunning(null);
    }
  };
  return { running, error, begin: () => void walk() };
}
