import { useQuery } from '@tanstack/react-query';
import { useId } from 'react';
import { useSession } from '@/contexts/SessionContext';
import '@/i18n/late/people';
import { t } from '@/i18n/t';
import { userQueries } from './queries';

interface LocationChoiceProps {
  chosen: readonly string[];
  onChange: (ids: readonly string[]) => void;
  error?: string | undefined;
}

/** Where somebody works: any location of the shop. */
export function LocationChoice({ chosen, onChange, error }: LocationChoiceProps) {
  const id = useId();
  const { me } = useSession();
  // Until the whole list is here, the own locations are the ones that can be chosen.
  const { data: locations = me.locations } = useQuery(userQueries.locations());
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
