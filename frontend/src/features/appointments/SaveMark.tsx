import { Check } from 'lucide-react';
import { t } from '@/i18n/t';
import type { FieldName } from './useFieldSave';
import { useSaveState } from './EditContext';

/** Beside a field's label: on its way, or saved. */
export function SaveMark({ field }: { field: FieldName }) {
  const { isSaving, isSaved } = useSaveState(field);
  if (isSaving) return <span className="text-xs text-muted">{t('action.saving')}</span>;
  if (!isSaved) return null;
  return (
    <span className="inline-flex items-center gap-1 text-xs font-medium text-success">
      <Check size={12} aria-hidden />
      {t('action.saved')}
    </span>
  );
}
