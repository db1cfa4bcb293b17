import { useQuery } from '@tanstack/react-query';
import { CheckCheck, CircleCheck, CircleX, Layers2 } from 'lucide-react';
import { useId } from 'react';
import type { ReactNode } from 'react';
import { Toggle } from '@/components/ui/Toggle';
import { useSession } from '@/contexts/SessionContext';
import type { WordKey } from '@/i18n/en';
import { t } from '@/i18n/t';
import { shopQueries } from '@/lib/data/shop';
import { formatDateTime } from '@/lib/time';
import { ChoiceField } from '../ChoiceField';
import { CustomerBlock } from '../CustomerBlock';
import { useEdit } from '../EditContext';
import { InstantField } from '../InstantField';
import { SaveMark } from '../SaveMark';
import { TextField } from '../TextField';
import { VehicleBlock } from '../VehicleBlock';
import { KEY_TAG_LENGTH, VISIT_TYPE_LENGTH } from '../limits';
import { fieldWords, valueWords } from '../value-words';

function Section({ word, children }: { word: WordKey; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="border-t border-line px-4 py-4 first:border-t-0">
      <h3 id={id} className="mb-2.5 font-semibold">
        {t(word)}
      </h3>
      {children}
    </section>
  );
}

/** What the job is, when, by whom, for whom: every field saves by itself. */
export function OverviewTab() {
  const { data, zone, canEdit, canNote } = useEdit();
  const { appointment } = data;
  return (
    <>
      {appointment.isOverbooked ? (
        <p className="mx-4 mt-4 flex items-start gap-2.5 rounded-control bg-warning-soft px-3 py-2 text-warning">
          <Layers2 size={16} aria-hidden className="mt-0.5 shrink-0" />
          <span>
            <span className="block font-medium">
              {appointment.overbookedByName
                ? t('overview.overbooked.by', { name: appointment.overbookedByName })
                : t('overview.overbooked')}
            </span>
            {appointment.overbookReason}
          </span>
        </p>
      ) : null}
      {appointment.failedCheck ? (
        <p className="mx-4 mt-4 flex items-start gap-2.5 rounded-control bg-danger-soft px-3 py-2 text-danger">
          <CircleX size={16} aria-hidden className="mt-0.5 shrink-0" />
          <span className="min-w-0 break-words whitespace-pre-line">
            <span className="block font-medium">
              {t(`overview.check.${appointment.failedCheck.kind}`, { name: appointment.failedCheck.by, time: formatDateTime(appointment.failedCheck.at, zone) })}
            </span>
            {appointment.failedCheck.note}
          </span>
        </p>
      ) : null}
      {appointment.isWorkDone ? (
        <p className="mx-4 mt-4 flex items-start gap-2.5 rounded-control bg-success-soft px-3 py-2 font-medium text-success">
          <CheckCheck size={16} aria-hidden className="mt-0.5 shrink-0" />
          {t('overview.workDone')}
        </p>
      ) : null}
      {appointment.confirmedAt && appointment.status === 'SCHEDULED' ? (
        <p className="mx-4 mt-4 flex items-start gap-2.5 rounded-control bg-success-soft px-3 py-2 font-medium text-success">
          <CircleCheck size={16} aria-hidden className="mt-0.5 shrink-0" />
          {t('overview.confirmed', { time: valueWords('confirmedAt', appointment.confirmedAt, zone) })}
        </p>
      ) : null}
      <Section word="overview.job">
        {canEdit || canNote ? (
          <div className="flex flex-col gap-3">
            {canEdit ? <TextField name="title" label="field.title" maxLength={200} /> : <Facts names={['title']} />}
            <TextField name="notes" label="field.notes" isLong maxLength={10_000} />
          </div>
        ) : (
          <Facts names={['title', 'notes']} />
        )}
      </Section>
      <Section word="overview.plan">{canEdit ? <PlanFields /> : <Facts names={['start', 'end', 'promisedAt', 'techName', 'bayName', 'keyTag', 'visitType', 'isWaiting']} />}</Section>
      <Section word="overview.presence">
        {canEdit ? (
          <div className="grid gap-x-4 gap-y-3 sm:pointer-fine:grid-cols-2">
            <InstantField name="checkInAt" label="field.checkInAt" isOptional hasNow />
            <InstantField name="checkOutAt" label="field.checkOutAt" isOptional hasNow />
          </div>
        ) : (
          <Facts names={['checkInAt', 'checkOutAt']} />
        )}
      </Section>
      <Section word="overview.customer">
        <CustomerBlock />
      </Section>
      <Section word="overview.vehicle">
        <VehicleBlock />
      </Section>
    </>
  );
}

function PlanFields() {
  const { data, save } = useEdit();
  const { appointment } = data;
  const { data: technicians = [] } = useQuery(shopQueries.technicians(appointment.locationId));
  const { data: locations = [] } = useQuery(shopQueries.locations());
  const { me } = useSession();
  const { data: kinds } = useQuery({ ...shopQueries.visitTypes(appointment.locationId), enabled: me.flags.inspections });
  const bays = locations.find((one) => one.id === appointment.locationId)?.bays ?? [];
  const length = Date.parse(appointment.end) - Date.parse(appointment.start);
  return (
    <div className="grid gap-x-4 gap-y-3 sm:pointer-fine:grid-cols-2">
      <InstantField
        name="start"
        label="field.start"
        toPatch={(start) => (start ? { start, end: new Date(Date.parse(start) + length).toISOString() } : {})}
      />
      <InstantField name="end" label="field.end" />
      <ChoiceField name="techId" label="field.techId" emptyWord="card.unassigned" choices={technicians} currentName={appointment.techName} />
      <ChoiceField name="bayId" label="field.bayId" emptyWord="overview.none" choices={bays} currentName={appointment.bayName} />
      <InstantField name="promisedAt" label="field.promisedAt" isOptional />
      <TextField name="keyTag" label="field.keyTag" maxLength={KEY_TAG_LENGTH} />
      <TextField name="visitType" label="field.visitType" offers={kinds} maxLength={VISIT_TYPE_LENGTH} />
      <div className="flex items-center gap-3">
        <Toggle
          isOn={appointment.isWaiting}
          onChange={(isWaiting) => void save({ isWaiting }, appointment.version)}
          label={t('field.isWaiting')}
        />
        <SaveMark field="isWaiting" />
      </div>
    </div>
  );
}

type FactName = 'title' | 'notes' | 'start' | 'end' | 'promisedAt' | 'techName' | 'bayName' | 'keyTag' | 'visitType' | 'isWaiting' | 'checkInAt' | 'checkOutAt';

/** The same facts for those who may only read them. */
function Facts({ names }: { names: readonly FactName[] }) {
  const { data, zone } = useEdit();
  return (
    <dl className="grid gap-x-4 gap-y-2.5 sm:grid-cols-2">
      {names.map((name) => (
        <div key={name} className={name === 'notes' || name === 'title' ? 'sm:col-span-2' : ''}>
          <dt className="text-xs font-medium text-muted">{fieldWords(name)}</dt>
          <dd className="whitespace-pre-wrap">{valueWords(name, data.appointment[name], zone) || t('overview.none')}</dd>
        </div>
      ))}
    </dl>
  );
}
