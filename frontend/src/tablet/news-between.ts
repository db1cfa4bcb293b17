import '@/i18n/late/tablet';
import { t } from '@/i18n/t';
import type { Day, Operation } from '@/offline/types';
import { carOf } from './acts';

export interface News {
  key: string;
  words: string;
}

/** What a person waited for and others have brought about, between two pictures of their day; what they did themselves is no news. */
export function newsBetween(before: Day, after: Day, operations: readonly Operation[]): News[] {
  if (before.me.id !== after.me.id) return [];
  const own = new Set(operations.filter((one) => one.kind === 'needs').map((one) => one.about.appointmentId));
  return after.appointments.flatMap((visit): News[] => {
    const last = before.appointments.find((one) => one.id === visit.id);
    if (!last) return [];
    const car = carOf(visit);
    const isHere = !own.has(visit.id);
    const approved = visit.jobs.filter((job) => job.approval === 'approved' && last.jobs.some((one) => one.id === job.id && one.approval !== 'approved'));
    return [
      ...(isHere && last.needsPart && !visit.needsPart ? [{ key: `part ${visit.id}`, words: t('tablet.news.part', { car }) }] : []),
      ...(isHere && last.needsApproval && !visit.needsApproval ? [{ key: `approval ${visit.id}`, words: t('tablet.news.approval', { car }) }] : []),
      ...approved.map((job) => ({ key: `job ${job.id}`, words: t('tablet.news.approved', { job: job.name, car }) })),
    ];
  });
}
