import type { ReactNode } from 'react';
import { createContext, use, useMemo, useState } from 'react';
import { ApiError } from '@/api';
import { ConflictSheet } from '@/components/ui/ConflictSheet';
import type { SaveResult } from '@/components/ui/SavingInput';
import { toast } from '@/components/ui/toast-store';
import { useSession } from '@/contexts/SessionContext';
import '@/i18n/late/inspections';
import { t, wordFor } from '@/i18n/t';
import { conflictAuthor, conflictsOf } from '@/lib/data/conflicts';
import { errorWords } from '@/lib/error-words';
import type { Checklist, DrawerData, FieldConflict, InspectionItem, InspectionItemPatch, InspectionResult } from '@/types';
import type { InspectionActs } from './mutations';
import { useInspections } from './mutations';
import { RESULTS } from './results';

/** What photos belong to: a point of this inspection, or what an earlier one found. */
export type Photographed = Pick<InspectionItem, 'id' | 'label' | 'photos'>;
/** Draws photos, which another feature does; `canAdd` is whether one may be taken here. */
export type DrawPhotos = (what: Photographed, canAdd: boolean) => ReactNode;

interface InspectionPlace {
  appointment: DrawerData['appointment'];
  zone: string;
  acts: InspectionActs;
  drawPhotos: DrawPhotos;
  canFill: boolean;
  /** The person may make a job of a finding: nobody has invoiced the work. */
  canSell: boolean;
  canSend: boolean;
  canManage: boolean;
  /** Saves fields of a point against the version that the person saw, null for whatever it is; who clashes is asked which value to keep. */
  save: (list: Checklist, item: InspectionItem, patch: InspectionItemPatch, version?: number | null) => Promise<SaveResult>;
  /** Does something and tells what went wrong; what it brought, or null. */
  attempt: <T>(act: Promise<T>, done?: string) => Promise<T | null>;
}

const InspectionContext = createContext<InspectionPlace | null>(null);

export function useInspectionPlace(): InspectionPlace {
  const place = use(InspectionContext);
  if (!place) throw new Error('useInspectionPlace outside the inspections of a visit');
  return place;
}

function valueWords(field: string, value: unknown): string {
  if (value === null || value === undefined) return '';
  if (field === 'isRemoved') return t(value ? 'inspection.point.gone' : 'inspection.point.stays');
  return field === 'result' ? t(RESULTS[value as InspectionResult].word) : String(value);
}

interface Clash {
  conflicts: FieldConflict[];
  list: Checklist;
  item: InspectionItem;
}

interface InspectionProviderProps {
  appointment: DrawerData['appointment'];
  drawPhotos: DrawPhotos;
  children: ReactNode;
}

/** The inspections of one visit and the ways to fill them. */
export function InspectionProvider({ appointment, drawPhotos, children }: InspectionProviderProps) {
  const { can } = useSession();
  const acts = useInspections(appointment.id);
  const [clash, setClash] = useState<Clash | null>(null);

  const place = useMemo((): InspectionPlace => {
    const fail = (error: unknown): void => {
      toast({ tone: 'error', title: t('inspection.failed'), detail: errorWords(error) });
    };
    const save: InspectionPlace['save'] = (list, item, patch, version = item.version) =>
      acts.answer(list.id, item, patch, version).then(
        (saved): SaveResult => ({ version: saved.version }),
        (error: unknown): SaveResult => {
          const conflicts = conflictsOf(error);
          const present = error instanceof ApiError ? error.extra<InspectionItem>('item') : undefined;
          if (conflicts && present) {
            // What did not clash is kept already.
            setClash({ conflicts, list, item: present });
            return 'asked';
          }
          const [own] = error instanceof ApiError ? Object.values(error.fields).flat() : [];
          return { error: own ?? errorWords(error) };
        },
      );
    return {
      appointment,
      zone: appointment.location.timezone,
      acts,
      drawPhotos,
      canFill: can('inspection:fill'),
      canSell: can('service:edit'),
      canSend: can('message:send'),
      canManage: can('appointment:edit'),
      save,
      attempt: (act, done) =>
        act.then(
          (answer) => {
            if (done) toast({ tone: 'success', title: done });
            return answer;
          },
          (error: unknown) => {
            fail(error);
            return null;
          },
        ),
    };
  }, [appointment, acts, drawPhotos, can]);

  return (
    <InspectionContext value={place}>
      {children}
      {clash ? (
        <ConflictSheet
          isPending={acts.isPending}
          conflicts={clash.conflicts.map((one) => ({
            field: one.field,
            label: `${clash.item.label}: ${wordFor(`inspection.field.${one.field}`) ?? one.field}`,
            yours: valueWords(one.field, one.yours),
            theirs: valueWords(one.field, one.theirs),
            by: conflictAuthor(one),
          }))}
          onClose={() => setClash(null)}
          onResolve={(mine) => {
            setClash(null);
            const chosen = clash.conflicts.filter((one) => mine.includes(one.field)).map((one) => [one.field, one.yours]);
            if (chosen.length > 0) void place.save(clash.list, clash.item, Object.fromEntries(chosen) as InspectionItemPatch);
          }}
        />
      ) : null}
    </InspectionContext>
  );
}
