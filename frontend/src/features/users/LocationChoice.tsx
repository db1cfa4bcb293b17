import { useId } from 'react';
import { useSession } from '@/contexts/SessionContext';
import { t } from '@/i18n/t';

interface LocationChoiceProps {
  chosen: readonly string[];
  onChange: (ids: readonly string[]) => void;
  error?: string | undefined;
}

/** Where somebody works. Locations that the signed-in person does not see stay as they are. */
export function LocationChoice({ chosen, onChange, error }: LocationChoiceProps) {
  const id = useId();
  const { locations } = useSession().me;
  return (
    <fieldset aria-describedby={error ? `${id}-error` : undefined}>
      <legend className="mb-1 text-xs font-medium text-muted">{t('user.locations')}</legend>
      <div className="flex flex-col">
        {locations.map((location) => (
          <label key={location.id} className="flex min-h-9 cursor-pointer items-center gap-2.5 pointer-coarse:min-h-11">
            <input
              type="checkbox"
              name="locationIds"
              className="size-4 shrink-0 accent-primary"
              checked={chosen.includes(location.id)}
              onChange={(event) =>
                onChange(event.target.checked ? [...chosen, location.id] : chosen.filter((one) => one !== location.id))
              }
            />
            {location.name}
          </label>
        ))}
      </div>
      {error ? (
        <p id={`${id}-error`} className="text-xs font-medium text-danger">
          {error}
        </p>
      ) : null}
    </fieldset>
  );
}
