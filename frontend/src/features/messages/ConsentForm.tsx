import { useId, useState } from 'react';
import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { Field } from '@/components/ui/Field';
import { TextArea } from '@/components/ui/Input';
import { Select } from '@/components/ui/Select';
import { toast } from '@/components/ui/toast-store';
import { useShopLocation } from '@/contexts/LocationContext';
import { useSession } from '@/contexts/SessionContext';
import '@/i18n/late/consent';
import { t } from '@/i18n/t';
import { errorWords } from '@/lib/error-words';
import { formatPhone } from '@/lib/phone';
import type { NewConsent } from './mutations';
import { useRecordConsent } from './mutations';

const METHODS = ['counter', 'phone_call', 'email', 'staff'] as const;

interface ConsentFormProps {
  kind: 'record' | 'revoke';
  phone: string;
  onClose: () => void;
}

/** Records what a customer said at the counter or by phone: their consent with the words it was given to, or its end. */
export function ConsentForm({ kind, phone, onClose }: ConsentFormProps) {
  const formId = useId();
  const { brand } = useSession().me;
  const { location } = useShopLocation();
  const [method, setMethod] = useState<(typeof METHODS)[number]>('counter');
  const [note, setNote] = useState('');
  const record = useRecordConsent();
  const isRecord = kind === 'record';
  const wording = t('consent.words', { shop: brand.name });
  const number = formatPhone(phone);

  const submit = (): void => {
    const said: NewConsent = isRecord
      ? { phone, kind: 'express', purpose: 'informational', method, wording, locationId: location.id }
      : { phone, kind: 'revoked', method, locationId: location.id, ...(note.trim() ? { note: note.trim() } : {}) };
    record.mutate(said, {
      onSuccess: () => {
        toast({ tone: 'success', title: isRecord ? t('consent.record.done') : t('consent.revoke.done', { phone: number }) });
        onClose();
      },
    });
  };

  return (
    <Dialog
      title={t(isRecord ? 'consent.record.title' : 'consent.revoke.title')}
      note={number}
      size="sm"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button type="submit" form={formId} tone={isRecord ? 'primary' : 'danger'} isPending={record.isPending} pendingLabel={t('action.saving')}>
            {t(isRecord ? 'consent.record.submit' : 'consent.revoke.submit')}
          </Button>
        </>
      }
    >
      <form
        id={formId}
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <p className="text-muted">{isRecord ? t('consent.record.lead') : t('consent.revoke.lead', { phone: number })}</p>
        {isRecord ? <blockquote className="rounded-control bg-sunken px-3 py-2">{wording}</blockquote> : null}
        <Field label={t(isRecord ? 'consent.record.how' : 'consent.revoke.how')}>
          {(control) => (
            <Select {...control} data-autofocus value={method} onChange={(event) => setMethod(METHODS.find((one) => one === event.target.value) ?? 'counter')}>
              {METHODS.map((one) => (
                <option key={one} value={one}>
                  {t(`consent.method.${one}`)}
                </option>
              ))}
            </Select>
          )}
        </Field>
        {isRecord ? null : (
          <Field label={t('consent.revoke.note')}>
            {(control) => <TextArea {...control} rows={2} maxLength={500} value={note} onChange={(event) => setNote(event.target.value)} />}
          </Field>
        )}
        {record.error ? (
          <p role="alert" className="font-medium text-danger">
            {errorWords(record.error)}
          </p>
        ) : null}
      </form>
    </Dialog>
  );
}
