import { useId, useState } from 'react';
import { Select } from '@/components/ui/Select';
import { t } from '@/i18n/t';
import { announce } from '@/lib/announce';
import { HOME_ZONES, zoneWords } from '@/lib/zones';
import type { SaveResult } from './EditableField';

interface ZoneFieldProps {
  value: string | null;
  version: number;
  onSave: (value: string | null, version: number) => Promise<SaveResult>;
}

/** Where the customer says they live: the hours for texts hold there too. Choosing saves. */
export function ZoneField({ value, version, onSave }: ZoneFieldProps) {
  const id = useId();
  const [wish, setWish] = useState<string | null>(null);
  const [message, setMessage] = useState('');
  const shown = wish ?? value ?? '';
  const zones = shown && !HOME_ZONES.some((zone) => zone === shown) ? [...HOME_ZONES, shown] : HOME_ZONES;
  const choose = async (next: string): Promise<void> => {
    setWish(next);
    setMessage('');
    const result = await onSave(next || null, version);
    setWish(null);
    if (result.kind === 'refused') setMessage(result.message);
    announce(result.kind === 'refused' ? result.message : t('customer.saved', { field: t('customer.timezone') }));
  };
  return (
    <div className="grid items-start gap-x-2 py-0.5 @sm:grid-cols-[4.5rem_minmax(0,1fr)]">
      <label htmlFor={id} className="px-3 pt-1 text-xs font-medium text-muted @sm:px-0 @sm:pt-2.5 pointer-coarse:@sm:pt-3.5">
        {t('customer.timezone')}
      </label>
      <div className="min-w-0 pr-10">
        <Select
          id={id}
          isInline
          aria-invalid={message ? true : undefined}
          aria-describedby={message || shown ? `${id}-hint` : undefined}
          disabled={wish !== null}
          value={shown}
          onChange={(event) => void choose(event.target.value)}
        >
          <option value="">{t('customer.timezone.none')}</option>
          {zones.map((zone) => (
            <option key={zone} value={zone}>
              {zoneWords(zone)}
            </option>
          ))}
        </Select>
        {message || shown ? (
          <p id={`${id}-hint`} className={message ? 'mt-1 px-3 text-xs font-medium text-danger' : 'px-3 pb-1 text-xs text-muted'}>
            {message || t('customer.timezone.hint')}
          </p>
        ) : null}
      </div>
    </div>
  );
}
