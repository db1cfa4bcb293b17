import { Check, CloudOff } from 'lucide-react';
import { t } from '@/i18n/t';
import type { FieldName } from './useFieldSave';
import { useEdit, useSaveState } from './EditContext';
import { fieldWords } from './value-words';

interface SaveMarkProps {
  field: FieldName;
  /** The field holds something else than what was saved of it. */
  isDirty?: boolean;
}

/** Beside a field's label: on its way, saved, or kept on this device until it can be. */
export function SaveMark({ field, isDirty = false }: SaveMarkProps) {
  const { isSaving, isSaved, isWaiting, error } = useSaveState(field);
  const { giveUp, unsaved } = useEdit();
  if (isSaving) return <span className="text-xs text-muted">{t('action.saving')}</span>;
  if (unsaved.has(field) || (isDirty && error)) {
    return (
      <span className="inline-flex items-baseline gap-2 text-xs font-medium">
        {isWaiting ? (
          <span className="inline-flex items-center gap-1 text-warning">
            <CloudOff size={12} aria-hidden />
            {t('unsaved.mark')}
          </span>
        ) : null}
        <button
          type="button"
          aria-label={t('unsaved.discard.field', { field: fieldWords(field) ?? field })}
          onClick={() => giveUp([field])}
          className="rounded-chip text-primary hover:underline pointer-coarse:-my-3 pointer-coarse:min-h-11 pointer-coarse:px-2"
        >
          {t('unsaved.discard')}
        </button>
      </span>
    );
  }
  if (!isSaved || isDirty) return null;
  return (
    <span className="inline-flex items-center gap-1 text-xs font-medium text-success">
      <Check size={12} aria-hidden />
      {t('action.saved')}
    </span>
  );
}
