import { Plus } from 'lucide-react';
import type { SubmitEvent } from 'react';
import { useState } from 'react';
import { Button } from '@/components/ui/Button';
import { Field } from '@/components/ui/Field';
import { Input } from '@/components/ui/Input';
import '@/i18n/late/inspections';
import { t } from '@/i18n/t';
import type { Checklist } from '@/types';
import { useInspectionPlace } from './InspectionContext';

/** Adds a point that the template does not ask for; it needs attention until somebody says otherwise. */
export function AddPoint({ list }: { list: Checklist }) {
  const { acts, attempt } = useInspectionPlace();
  const [label, setLabel] = useState('');
  const onSubmit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (label.trim() === '' || acts.isPending) return;
    void attempt(acts.addPoint(list.id, label.trim())).then((added) => {
      if (added) setLabel('');
    });
  };
  return (
    <form noValidate className="flex items-end gap-2 border-t border-line p-3" onSubmit={onSubmit}>
      <div className="min-w-0 flex-1">
        <Field label={t('inspection.add.label')}>{(control) => <Input {...control} maxLength={120} value={label} onChange={(event) => setLabel(event.target.value)} />}</Field>
      </div>
      <Button type="submit" icon={<Plus size={16} aria-hidden />} aria-disabled={label.trim() === ''}>
        {t('inspection.add')}
      </Button>
    </form>
  );
}
