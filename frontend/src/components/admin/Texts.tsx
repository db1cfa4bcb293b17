import { clsx } from 'clsx';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { NavLink, Navigate, Route, Routes } from 'react-router';
import { Button } from '@/components/ui/Button';
import { DeleteDialog } from '@/components/ui/DeleteDialog';
import { useDeleteTemplate } from '@/features/texts/mutations';
import { StageTable } from '@/features/texts/StageTable';
import { TemplateDialog } from '@/features/texts/TemplateDialog';
import { TemplateTable } from '@/features/texts/TemplateTable';
import '@/i18n/late/texts';
import { t } from '@/i18n/t';
import type { MessageTemplate } from '@/types';

type Open = { what: 'edit'; template: MessageTemplate | null } | { what: 'delete'; template: MessageTemplate } | null;

const TAB = 'inline-flex h-10 items-center border-b-2 px-2 font-medium focus-visible:outline-offset-[-2px] pointer-coarse:h-12';

/** The words of the shop: templates, and what is sent by itself at each stage. */
export function Texts() {
  const [open, setOpen] = useState<Open>(null);
  const tab = (to: string, words: string) => (
    <NavLink
      to={to}
      end
      className={({ isActive }) => clsx(TAB, isActive ? 'border-primary text-ink' : 'border-transparent text-muted hover:text-ink')}
    >
      {words}
    </NavLink>
  );
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <header className="shrink-0 border-b border-line bg-surface">
        <div className="flex h-14 items-center justify-between gap-3 px-4 sm:px-6">
          <h1 className="text-lg font-semibold">{t('texts.title')}</h1>
          <Button tone="primary" icon={<Plus size={16} aria-hidden />} onClick={() => setOpen({ what: 'edit', template: null })}>
            {t('texts.new')}
          </Button>
        </div>
        <nav aria-label={t('texts.tabs')} className="-mb-px flex gap-2 px-2 sm:px-4">
          {tab('/settings/texts', t('texts.tab.templates'))}
          {tab('/settings/texts/stages', t('texts.tab.stages'))}
        </nav>
      </header>
      <Routes>
        <Route
          index
          element={
            <TemplateTable
              onNew={() => setOpen({ what: 'edit', template: null })}
              onEdit={(template) => setOpen({ what: 'edit', template })}
              onDelete={(template) => setOpen({ what: 'delete', template })}
            />
          }
        />
        <Route path="stages" element={<StageTable />} />
        <Route path="*" element={<Navigate to="/settings/texts" replace />} />
      </Routes>
      {open?.what === 'edit' ? <TemplateDialog template={open.template} onClose={() => setOpen(null)} /> : null}
      {open?.what === 'delete' ? <DeleteTemplate template={open.template} onClose={() => setOpen(null)} /> : null}
    </div>
  );
}

function DeleteTemplate({ template, onClose }: { template: MessageTemplate; onClose: () => void }) {
  const remove = useDeleteTemplate();
  const { name } = template;
  return (
    <DeleteDialog
      title={t('texts.delete.title', { name })}
      lead={t('texts.delete.lead')}
      submit={t('texts.delete.submit')}
      done={t('texts.deleted', { name })}
      failed={t('texts.delete.failed')}
      deletion={remove}
      onDelete={(told) => remove.mutate(template, told)}
      onClose={onClose}
    />
  );
}
