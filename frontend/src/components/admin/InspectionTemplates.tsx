import { Plus } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/Button';
import { DeleteDialog } from '@/components/ui/DeleteDialog';
import { useShopLocation } from '@/contexts/LocationContext';
import { useDeleteTemplate } from '@/features/inspections/mutations';
import { TemplateDialog } from '@/features/inspections/TemplateDialog';
import { TemplateTable } from '@/features/inspections/TemplateTable';
import '@/i18n/late/inspections';
import { t } from '@/i18n/t';
import type { InspectionTemplate } from '@/types';

type Open = { what: 'edit'; template: InspectionTemplate | null } | { what: 'delete'; template: InspectionTemplate } | null;

/** What the shop looks at: the points of each inspection, and for which visits and cars it is. */
export function InspectionTemplates() {
  const [open, setOpen] = useState<Open>(null);
  const { location, locations } = useShopLocation();
  const edit = (template: InspectionTemplate | null): void => setOpen({ what: 'edit', template });
  const close = (): void => setOpen(null);
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <header className="flex min-h-14 shrink-0 items-center justify-between gap-3 border-b border-line bg-surface px-4 py-1.5 sm:px-6">
        <div className="min-w-0">
          <h1 className="text-lg font-semibold">{t('inspections.title')}</h1>
          {locations.length > 1 ? <p className="truncate text-xs text-muted">{t('inspections.of', { place: location.name })}</p> : null}
        </div>
        <Button tone="primary" icon={<Plus size={16} aria-hidden />} onClick={() => edit(null)}>
          {t('inspections.new')}
        </Button>
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto bg-surface">
        <TemplateTable onNew={() => edit(null)} onEdit={edit} onDelete={(template) => setOpen({ what: 'delete', template })} />
      </div>
      {open?.what === 'edit' ? <TemplateDialog template={open.template} onClose={close} /> : null}
      {open?.what === 'delete' ? <DeleteTemplate template={open.template} onClose={close} /> : null}
    </div>
  );
}

function DeleteTemplate({ template, onClose }: { template: InspectionTemplate; onClose: () => void }) {
  const remove = useDeleteTemplate();
  const { name } = template;
  return (
    <DeleteDialog
      title={t('inspections.delete.title', { name })}
      lead={t('inspections.delete.lead')}
      submit={t('inspections.delete.submit')}
      done={t('inspections.deleted', { name })}
      deletion={remove}
      onDelete={(told) => remove.mutate(template, told)}
      onClose={onClose}
    />
  );
}
