import { clsx } from 'clsx';
import { useId } from 'react';
import '@/i18n/late/people';
import { t } from '@/i18n/t';
import type { Role } from '@/types';

export const ROLES: readonly Role[] = ['Owner', 'Advisor', 'Tech', 'Accountant'];

interface RoleChoiceProps {
  role: Role | null;
  onChange: (role: Role) => void;
  error?: string | undefined;
  /** Why it can't change, or what the change means. */
  hint?: string | undefined;
  isDisabled?: boolean;
}

/** The four roles, each with what it is for. */
export function RoleChoice({ role, onChange, error, hint, isDisabled = false }: RoleChoiceProps) {
  const id = useId();
  return (
    <fieldset aria-describedby={error || hint ? `${id}-note` : undefined}>
      <legend className="mb-1 text-xs font-medium text-muted">{t('user.role')}</legend>
      <div className="grid gap-2 sm:grid-cols-2">
        {ROLES.map((one) => (
          <label
            key={one}
            className={clsx(
              'flex min-h-11 items-start gap-2.5 rounded-control border px-3 py-2',
              'has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-focus',
              isDisabled ? 'cursor-default' : 'cursor-pointer hover:bg-hover',
              role === one ? 'border-primary bg-info-soft' : error ? 'border-danger' : 'border-line-strong',
            )}
          >
            <input
              type="radio"
              name="role"
              value={one}
              className="mt-0.5 size-4 shrink-0 accent-primary outline-none"
              checked={role === one}
              disabled={isDisabled}
              onChange={() => onChange(one)}
            />
            <span>
              <span className="block font-medium">{t(`role.${one}`)}</span>
              <span className="block text-xs text-muted">{t(`user.role.${one}`)}</span>
            </span>
          </label>
        ))}
      </div>
      {error || hint ? (
        <p id={`${id}-note`} className={clsx('mt-1 text-xs', error ? 'font-medium text-danger' : 'text-warning')}>
          {error ?? hint}
        </p>
      ) : null}
    </fieldset>
  );
}
