import { clsx } from 'clsx';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { NavLink, Navigate, Route, Routes } from 'react-router';
import { Button } from '@/components/ui/Button';
import { DeleteDialog } from '@/components/ui/DeleteDialog';
import { useSession } from '@/contexts/SessionContext';
import { CannedJobDialog } from '@/features/catalog/CannedJobDialog';
import { JobTable } from '@/features/catalog/JobTable';
import { LaborRates } from '@/features/catalog/LaborRates';
import { useDeleteJob } from '@/features/catalog/mutations';
import { Papers } from '@/features/catalog/Papers';
import { Taxes } from '@/features/catalog/Taxes';
import '@/i18n/late/catalog';
import { t } from '@/i18n/t';
import type { CatalogJob } from '@/types';

type Open = { what: 'edit'; job: CatalogJob | null } | { what: 'delete'; job: CatalogJob } | null;

const TAB = 'inline-flex h-10 shrink-0 items-center border-b-2 px-2 font-medium focus-visible:outline-offset-[-2px] pointer-coarse:h-12';
const PATH = '/settings/catalog';

/** What the shop sells and at which rates: canned jobs, labor, taxes; and what its papers say. */
export function Catalog() {
  const { can } = useSession();
  const [open, setOpen] = useState<Open>(null);
  const edit = (job: CatalogJob | null): void => setOpen({ what: 'edit', job });
  const tab = (to: string, words: string) => (
    <NavLink
      to={to}
      end
      className={({ isActive }) => clsx(TAB, isActive ? 'border-primary text-ink' : 'border-transparent text-muted hover:text-ink')}
    >
      {words}
    </NavLink>
  );
  const part = (content: React.ReactNode) => <div className="min-h-0 flex-1 overflow-y-auto bg-surface">{content}</div>;
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <header className="shrink-0 border-b border-line bg-surface">
        <div className="flex h-14 items-center justify-between gap-3 px-4 sm:px-6">
          <h1 className="text-lg font-semibold">{t('catalog.title')}</h1>
          <Button tone="primary" icon={<Plus size={16} aria-hidden />} onClick={() => edit(null)}>
            {t('catalog.new')}
          </Button>
        </div>
        <nav aria-label={t('catalog.tabs')} className="-mb-px flex gap-2 overflow-x-auto px-2 [scrollbar-width:none] sm:px-4">
          {tab(PATH, t('catalog.tab.jobs'))}
          {tab(`${PATH}/labor`, t('catalog.tab.labor'))}
          {tab(`${PATH}/taxes`, t('catalog.tab.taxes'))}
          {can('settings:manage') ? tab(`${PATH}/papers`, t('catalog.tab.papers')) : null}
        </nav>
      </header>
      <Routes>
        <Route index element={<JobTable onNew={() => edit(null)} onEdit={edit} onDelete={(job) => setOpen({ what: 'delete', job })} />} />
        <Route path="labor" element={part(<LaborRates />)} />
        <Route path="taxes" element={part(<Taxes />)} />
        {can('settings:manage') ? <Route path="papers" element={part(<Papers />)} /> : null}
        <Route path="*" element={<Navigate to={PATH} replace />} />
      </Routes>
      {open?.what === 'edit' ? <CannedJobDialog job={open.job} onClose={() => setOpen(null)} /> : null}
      {open?.what === 'delete' ? <DeleteJob job={open.job} onClose={() => setOpen(null)} /> : null}
    </div>
  );
}

function DeleteJob({ job, onClose }: { job: CatalogJob; onClose: () => void }) {
  const remove = useDeleteJob();
  const { name } = job;
  return (
    <DeleteDialog
      title={t('catalog.delete.title', { name })}
      lead={t('catalog.delete.lead')}
      submit={t('catalog.delete.submit')}
      done={t('catalog.deleted', { name })}
      failed={t('catalog.delete.failed')}
      deletion={remove}
      onDelete={(told) => remove.mutate(job, told)}
      onClose={onClose}
    />
  );
}
