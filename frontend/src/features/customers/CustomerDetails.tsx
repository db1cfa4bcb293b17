import { Mail, Phone } from 'lucide-react';
import { ConflictSheet } from '@/components/ui/ConflictSheet';
import { useCan, useFlag } from '@/contexts/SessionContext';
import { t } from '@/i18n/t';
import { formatPhone, typePhone } from '@/lib/phone';
import { zoneWords } from '@/lib/zones';
import type { Customer } from '@/types';
import { EditableField, ReadField } from './EditableField';
import { conflictRows } from './field-words';
import { Panel } from './Panel';
import { useCustomerSave } from './useCustomerSave';
import { ZoneField } from './ZoneField';

const LINK =
  'inline-flex size-9 shrink-0 items-center justify-center rounded-control text-primary hover:bg-hover pointer-coarse:size-11';

/** Name, phone and the like: each saves by itself. */
export function CustomerDetails({ customer }: { customer: Customer }) {
  const mayEdit = useCan('customer:edit');
  const hasTexts = useFlag('messaging');
  const { save, conflict, resolve, drop, isPending, refusal } = useCustomerSave(customer.id);
  const { version } = customer;
  const phone = formatPhone(customer.phone);

  const call = customer.phone ? (
    <a href={`tel:${customer.phone}`} className={LINK} aria-label={t('customer.call', { phone })} title={t('customer.call', { phone })}>
      <Phone size={16} aria-hidden />
    </a>
  ) : null;
  const mail = customer.email ? (
    <a
      href={`mailto:${customer.email}`}
      className={LINK}
      aria-label={t('customer.mail', { email: customer.email })}
      title={t('customer.mail', { email: customer.email })}
    >
      <Mail size={16} aria-hidden />
    </a>
  ) : null;

  return (
    <Panel title={t('customer.details')}>
      {mayEdit ? (
        <div className="@container px-1 pb-2 @sm:pl-4">
          <EditableField
            label={t('customer.name')}
            value={customer.name}
            version={version}
            control={{ autoComplete: 'off', maxLength: 200 }}
            onSave={async (value, seen) =>
              value ? save('name', value, seen) : { kind: 'refused', message: t('customer.needName') }
            }
          />
          <EditableField
            label={t('customer.company')}
            value={customer.company}
            version={version}
            control={{ autoComplete: 'off', maxLength: 200 }}
            onSave={(value, seen) => save('company', value, seen)}
          />
          <EditableField
            label={t('customer.phone')}
            value={customer.phone}
            version={version}
            control={{ type: 'tel', autoComplete: 'off', maxLength: 40 }}
            format={formatPhone}
            onType={typePhone}
            aside={call}
            onSave={(value, seen) => save('phone', value, seen)}
          />
          <EditableField
            label={t('customer.email')}
            value={customer.email}
            version={version}
            control={{ type: 'email', autoComplete: 'off', maxLength: 254 }}
            aside={mail}
            onSave={(value, seen) => save('email', value, seen)}
          />
          {hasTexts ? <ZoneField value={customer.timezone} version={version} onSave={(value, seen) => save('timezone', value, seen)} /> : null}
          <EditableField
            label={t('customer.notes')}
            value={customer.notes}
            version={version}
            isMultiline
            onSave={(value, seen) => save('notes', value, seen)}
          />
        </div>
      ) : (
        <dl className="@container px-1 pb-2 @sm:pl-4">
          <ReadField label={t('customer.name')} value={customer.name} />
          <ReadField label={t('customer.company')} value={customer.company} />
          <ReadField label={t('customer.phone')} value={phone} aside={call} />
          <ReadField label={t('customer.email')} value={customer.email} aside={mail} />
          {customer.timezone ? <ReadField label={t('customer.timezone')} value={zoneWords(customer.timezone)} /> : null}
          <ReadField label={t('customer.notes')} value={customer.notes} />
        </dl>
      )}
      {conflict ? (
        <ConflictSheet
          conflicts={conflictRows(conflict)}
          onResolve={(mine) => void resolve(mine)}
          onClose={drop}
          isPending={isPending}
          error={refusal}
        />
      ) : null}
    </Panel>
  );
}
