import type { ReactNode } from 'react';
import { createContext, use, useMemo, useState } from 'react';
import { ApiError } from '@/api';
import { ConflictSheet } from '@/components/ui/ConflictSheet';
import type { SaveResult } from '@/components/ui/SavingInput';
import { toast } from '@/components/ui/toast-store';
import { useSession } from '@/contexts/SessionContext';
import '@/i18n/late/services';
import { t, wordFor } from '@/i18n/t';
import { conflictAuthor, conflictsOf } from '@/lib/data/conflicts';
import { errorWords } from '@/lib/error-words';
import type { FieldConflict, Job, JobPatch, LinePatch, Sheet, WorkLine } from '@/types';
import { valueText } from './line-words';
import type { Work } from './mutations';
import { useWork } from './mutations';

/** Says what went wrong with a save that has no field to say it at. */
export function tellRefusal(result: SaveResult): void {
  if (typeof result === 'object' && 'error' in result) toast({ tone: 'error', title: t('services.failed'), detail: result.error });
}

export type DrawJobPhotos = (job: Job) => ReactNode;

interface WorkPlace {
  appointmentId: string;
  locationId: string;
  zone: string;
  sheet: Sheet;
  /** Draws the photos of what a job mends, which another feature does. */
  drawPhotos: DrawJobPhotos | undefined;
  work: Work;
  /** The person may change the work, and no invoice stands over it. */
  canEdit: boolean;
  canNote: boolean;
  /** Saves fields of a line against the version that the person saw; who clashes is asked which value to keep. */
  saveLine: (line: WorkLine, patch: LinePatch, version: number) => Promise<SaveResult>;
  saveJob: (job: Job, patch: JobPatch, version: number) => Promise<SaveResult>;
  /** The job that was just added by hand: its first line is asked for. */
  freshJobId: string | null;
  setFreshJobId: (id: string | null) => void;
  /** The alternative that was just added: the keyboard goes on there, not where its dialog was opened. */
  addedJobId: string | null;
  setAddedJobId: (id: string | null) => void;
  /** Does something and tells what went wrong; true when it was done. */
  attempt: (act: Promise<unknown>, done?: string) => Promise<boolean>;
}

const WorkContext = createContext<WorkPlace | null>(null);

export function useWorkPlace(): WorkPlace {
  const place = use(WorkContext);
  if (!place) throw new Error('useWorkPlace outside the work of a visit');
  return place;
}

interface Conflict {
  conflicts: FieldConflict[];
  prefix: 'services.line' | 'services.jobWords';
  retry: (fields: readonly string[]) => Promise<SaveResult>;
}

interface WorkProviderProps {
  appointmentId: string;
  locationId: string;
  zone: string;
  sheet: Sheet;
  drawPhotos: DrawJobPhotos | undefined;
  children: ReactNode;
}

/** The work of one visit and the ways to change it. */
export function WorkProvider({ appointmentId, locationId, zone, sheet, drawPhotos, children }: WorkProviderProps) {
  const { can } = useSession();
  const work = useWork(appointmentId);
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const [freshJobId, setFreshJobId] = useState<string | null>(null);
  const [addedJobId, setAddedJobId] = useState<string | null>(null);

  const place = useMemo((): WorkPlace => {
    const fail = <T extends object>(
      error: unknown,
      name: 'service' | 'job',
      patch: T,
      again: (patch: T, version: number) => Promise<SaveResult>,
    ): SaveResult => {
      const conflicts = conflictsOf(error);
      if (!conflicts || !(error instanceof ApiError)) {
        const own = error instanceof ApiError ? Object.entries(error.fields).find(([field]) => field in patch)?.[1][0] : undefined;
        return { error: own ?? errorWords(error) };
      }
      const version = error.extra<{ version: number }>(name)?.version ?? 1;
      setConflict({
        conflicts,
        prefix: name === 'service' ? 'services.line' : 'services.jobWords',
        retry: (mine) => {
          // Fields of the same edit that did not clash are saved along.
          const clashing = conflicts.map((one) => one.field);
          const rest = Object.fromEntries(Object.entries(patch).filter(([field]) => !clashing.includes(field) || mine.includes(field)));
          return Object.keys(rest).length > 0 ? again(rest as T, version) : Promise.resolve({ version });
        },
      });
      return 'asked';
    };
    const saveLine: WorkPlace['saveLine'] = (line, patch, version) =>
      work.changeLine(line.id, patch, version).then(
        (saved): SaveResult => ({ version: saved.version }),
        (error: unknown) => fail(error, 'service', patch, (rest, base) => saveLine(line, rest, base)),
      );
    const saveJob: WorkPlace['saveJob'] = (job, patch, version) =>
      work.changeJob(job.id, patch, version).then(
        (saved): SaveResult => ({ version: saved.version }),
        (error: unknown) => fail(error, 'job', patch, (rest, base) => saveJob(job, rest, base)),
      );
    return {
      appointmentId,
      locationId,
      zone,
      sheet,
      drawPhotos,
      work,
      canEdit: can('service:edit') && sheet.lockedAt === null,
      canNote: can('service:note'),
      saveLine,
      saveJob,
      freshJobId,
      setFreshJobId,
      addedJobId,
      setAddedJobId,
      attempt: (act, done) =>
        act.then(
          () => {
            if (done) toast({ tone: 'success', title: done });
            return true;
          },
          (error: unknown) => {
            toast({ tone: 'error', title: t('services.failed'), detail: errorWords(error) });
            return false;
          },
        ),
    };
  }, [appointmentId, locationId, zone, sheet, drawPhotos, work, freshJobId, addedJobId, can]);

  return (
    <WorkContext value={place}>
      {children}
      {conflict ? (
        <ConflictSheet
          isPending={work.isPending}
          conflicts={conflict.conflicts.map((one) => ({
            field: one.field,
            label: wordFor(`${conflict.prefix}.${one.field}`) ?? one.field,
            yours: valueText(one.field, one.yours, sheet),
            theirs: valueText(one.field, one.theirs, sheet),
            by: conflictAuthor(one),
          }))}
          onClose={() => setConflict(null)}
          onResolve={(mine) => {
            setConflict(null);
            void conflict.retry(mine).then(tellRefusal);
          }}
        />
      ) : null}
    </WorkContext>
  );
}
