import { Download } from 'lucide-react';
import { useState } from 'react';
import { buildUrl } from '@/api';
import { Button, buttonClasses } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { Field } from '@/components/ui/Field';
import { Input } from '@/components/ui/Input';
import '@/i18n/late/audit';
import { t } from '@/i18n/t';

interface OfflineDialogProps {
  from: string;
  to: string;
  locationId: string | null;
  onClose: () => void;
}

/** The log as a file, the script that checks it, and how: so that nobody has to believe us. */
export function OfflineDialog({ from, to, locationId, onClose }: OfflineDialogProps) {
  const [range, setRange] = useState({ from, to });
  const isRange = range.from !== '' && range.to !== '' && range.from <= range.to;
  const link = (href: string, words: string) => (
    <a href={href} download className={buttonClasses('secondary')}>
      <Download size={16} aria-hidden />
      {words}
    </a>
  );
  return (
    <Dialog title={t('audit.offline.title')} onClose={onClose} footer={<Button onClick={onClose}>{t('action.close')}</Button>}>
      <p>{t('audit.offline.lead')}</p>
      <div className="mt-4 grid gap-3 sm:grid-cols-2">
        {(['from', 'to'] as const).map((end) => (
          <Field key={end} label={t(`audit.filter.${end}`)} error={end === 'to' && !isRange ? t('audit.offline.badRange') : undefined}>
            {(control) => <Input {...control} type="date" value={range[end]} onChange={(event) => setRange({ ...range, [end]: event.target.value })} />}
          </Field>
        ))}
      </div>
      <ol role="list" className="mt-4 flex list-decimal flex-col gap-4 pl-5">
        <li>
          <p className="mb-2">{t('audit.offline.file')}</p>
          {isRange ? link(buildUrl('/api/admin/reports/audit.csv', { ...range, locationId }), t('audit.offline.download')) : null}
        </li>
        <li>
          <p className="mb-2">{t('audit.offline.script')}</p>
          {link('/api/admin/audit/verify_audit.py', t('audit.offline.scriptFile'))}
        </li>
        <li>
          <p>{t('audit.offline.run')}</p>
          <pre className="mt-2 overflow-x-auto rounded-control bg-sunken px-3 py-2 text-xs">{`python3 verify_audit.py audit_${range.from}_${range.to}.csv`}</pre>
        </li>
        <li>
          <p className="mb-2">{t('audit.offline.heads')}</p>
          {link('/api/admin/audit/heads.csv', t('audit.offline.headsFile'))}
          <pre className="mt-2 overflow-x-auto rounded-control bg-sunken px-3 py-2 text-xs">{'python3 verify_audit.py audit.csv --heads audit-heads.csv'}</pre>
        </li>
      </ol>
      <p className="mt-4 text-xs text-muted">{t('audit.offline.spreadsheet')}</p>
    </Dialog>
  );
}
