import { useEffect, useRef } from 'react';
import { useNavigate } from 'react-router';
import { toast } from '@/components/ui/toast-store';
import { connect, useLive } from '@/lib/events';
import '@/i18n/late/tablet';
import { t } from '@/i18n/t';
import { readStored } from '@/lib/stored';
import type { Day, Operation } from '@/offline/types';
import { toSubmitAgain } from './again';
import { newsBetween } from './news-between';
import { OVERVIEW } from './points';
import { keeper, useWork } from './work';

/** Changes come in flocks: the day is asked for once, so many milliseconds after the first. */
const FLOCK = 150;

/**
 * Keeps the day as fresh as the shop's stream while there is one, and says quietly what has come. Without the stream the keeper
 * asks every so often by itself.
 */
export function useNews(): void {
  const { status, connection, person, day, operations } = useWork();
  const soon = useRef<number | undefined>(undefined);
  const last = useRef<Day | null>(null);
  const followed = status === 'in' && connection === 'online' ? (person?.id ?? null) : null;

  useEffect(() => {
    if (followed === null) return undefined;
    // Where no location is kept the person has one only.
    const stop = connect(readStored('location') ?? '');
    return () => {
      stop();
      window.clearTimeout(soon.current);
      soon.current = undefined;
    };
  }, [followed]);

  const look = (): void => {
    soon.current ??= window.setTimeout(() => {
      soon.current = undefined;
      keeper.sync();
    }, FLOCK);
  };
  const lookAt = (id: string): void => {
    if (day?.appointments.some((one) => one.id === id)) look();
  };
  useLive('work', look);
  useLive('resync', look);
  useLive('services', (event) => lookAt(event.id));
  // One that was given to the person is not in their day yet.
  useLive('appointment', (event) => (event.card?.techId === person?.id ? look() : lookAt(event.id)));
  useLive('customer', ({ vehicleId }) => {
    if (vehicleId !== undefined && day?.appointments.some((one) => one.vehicle?.id === vehicleId)) look();
  });

  useEffect(() => {
    const before = last.current;
    last.current = day;
    if (!before || !day || before === day) return;
    for (const { key, words } of newsBetween(before, day, operations)) toast({ tone: 'info', title: words, key, timeout: 8_000 });
  }, [day, operations]);

  const navigate = useNavigate();
  const waited = useRef<readonly Operation[]>([]);
  useEffect(() => {
    const before = waited.current;
    waited.current = operations;
    for (const { about, label } of toSubmitAgain(before, operations)) {
      const finish = `/checks/${about.checklistId}/${OVERVIEW}`;
      toast({ tone: 'info', title: t('tablet.again', { label }), key: `again ${about.checklistId}`, action: { label: t('tablet.check.all'), run: () => void navigate(finish) } });
    }
  }, [operations, navigate]);
}
