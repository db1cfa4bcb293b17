import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { newIdempotencyKey } from '@/api';
import { Button } from '@/components/ui/Button';
import type { Choice } from '@/components/ui/Combobox';
import { Combobox } from '@/components/ui/Combobox';
import { Field } from '@/components/ui/Field';
import '@/i18n/late/services';
import { t } from '@/i18n/t';
import { catalogQueries } from '@/lib/data/catalog';
import { find } from '@/lib/find';
import { moneyText } from '@/lib/money';
import type { CatalogJob } from '@/types';
import { useWorkPlace } from './WorkContext';

const BY_HAND = 'by-hand';
const MOST_SHOWN = 8;

/** Adds a job while one types: what the catalogue has of it, or what was typed as a job by hand. */
export function AddJob({ alternativeTo, onAdded }: { alternativeTo?: string; onAdded?: () => void }) {
  const { locationId, work, attempt, setFreshJobId, setAddedJobId } = useWorkPlace();
  const [typed, setTyped] = useState('');
  const { data: canned = [] } = useQuery(catalogQueries.jobs(locationId));
  const name = typed.trim();
  const found = find(canned, typed, (one) => [one.name, one.category]).slice(0, MOST_SHOWN);
  const choices: Choice[] = [
    ...found.map((one) => ({ id: one.id, label: one.name, content: <CannedChoice job={one} /> })),
    ...(name ? [{ id: BY_HAND, label: name, content: t('services.add.hand', { name }) }] : []),
  ];

  const add = async (choice: Choice | undefined): Promise<void> => {
    if (!choice) return;
    const what = choice.id === BY_HAND ? { name: choice.label } : { catalogId: choice.id };
    const body = { ...what, ...(alternativeTo ? { alternativeTo } : {}) };
    setTyped('');
    const adding = work.addJob(body, newIdempotencyKey()).then((job) => {
      // A job of the catalogue has its lines; one by hand has none yet.
      if (choice.id === BY_HAND) setFreshJobId(job.id);
      if (alternativeTo) setAddedJobId(job.id);
    });
    const isDone = await attempt(adding, t('services.added', { name: choice.label }));
    if (isDone) onAdded?.();
    else setTyped(choice.label);
  };
  return (
    <form
      noValidate
      className="flex items-end gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        // Enter without a choice takes the job of that very name, else what was typed.
        void add(choices.find((one) => one.label.toLowerCase() === name.toLowerCase()) ?? choices.at(-1));
      }}
    >
      <div className="min-w-0 flex-1">
        <Field label={t(alternativeTo ? 'services.alternative.search' : 'services.add')}>
          {(control) => (
            <Combobox
              {...control}
              isFirst={alternativeTo !== undefined}
              value={typed}
              onType={setTyped}
              choices={choices}
              onChoose={(choice) => void add(choice)}
              placeholder={t('services.add.placeholder')}
            />
          )}
        </Field>
      </div>
      <Button type="submit" tone="primary" isPending={work.isPending} disabled={!name}>
        {t(alternativeTo ? 'services.alternative.add' : 'services.add.submit')}
      </Button>
    </form>
  );
}

function CannedChoice({ job }: { job: CatalogJob }) {
  return (
    <span className="flex items-baseline justify-between gap-3">
      <span className="min-w-0">
        <span className="block truncate font-medium">{job.name}</span>
        <span className="block truncate text-xs text-muted">{[job.category, t('services.minutes', { count: job.durationMinutes })].join(' · ')}</span>
      </span>
      <span className="tabular shrink-0">{typeof job.priceCents === 'number' ? t('services.add.price', { price: moneyText(job.priceCents) }) : t('services.add.noPrice')}</span>
    </span>
  );
}
