import { Check, CircleHelp, Eye, MessageSquareReply, RotateCcw, SendHorizontal, X } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { toast } from '@/components/ui/toast-store';
import '@/i18n/late/estimates';
import { hasWord, t } from '@/i18n/t';
import { errorWords } from '@/lib/error-words';
import { moneyText } from '@/lib/money';
import { formatPhone } from '@/lib/phone';
import { formatDateTime } from '@/lib/time';
import type { ApprovalRecord, Estimates, EstimateVersion } from '@/types';
import type { EstimateActs } from './mutations';

interface Entry {
  key: string;
  at: string;
  icon: LucideIcon;
  words: string;
  detail: string;
}

const SAID: Record<ApprovalRecord['decision'], LucideIcon> = { approved: Check, declined: X, asked: CircleHelp, answered: MessageSquareReply, revoked: RotateCcw };

function ofVersion(version: EstimateVersion, currency: string): Entry[] {
  const how = t(`estimate.how.${version.how}`);
  const state = `estimate.message.${version.messageStatus ?? ''}`;
  const shown: Entry = {
    key: `${version.id} shown`,
    at: version.createdAt,
    icon: SendHorizontal,
    words: t('estimate.version', { version: version.versionNo, money: moneyText(version.totalCents, currency) }),
    detail: [
      version.createdByName ? t('estimate.how.by', { how, name: version.createdByName }) : how,
      hasWord(state) ? t(state) : null,
      version.supersededAt ? t('estimate.superseded') : null,
    ]
      .filter(Boolean)
      .join(' · '),
  };
  return version.openedAt ? [shown, { key: `${version.id} opened`, at: version.openedAt, icon: Eye, words: t('estimate.opened'), detail: '' }] : [shown];
}

function ofRecord(record: ApprovalRecord, currency: string): Entry {
  const { decision, method, person, phone, reason, words, recordedByName } = record;
  const amount = decision === 'approved' || decision === 'declined' ? moneyText(record.amountCents, currency) : null;
  const who = person ? t(`estimate.by.${method}`, { person, phone: formatPhone(phone) }) : null;
  return {
    key: record.id,
    at: record.saidAt,
    icon: SAID[decision],
    words: [t(`estimate.said.${decision}`, { name: record.jobName }), amount].filter(Boolean).join(' · '),
    detail: [
      who,
      reason ? t('estimate.reason', { reason }) : null,
      words ? `“${words}”` : null,
      recordedByName && recordedByName !== person ? t('estimate.by.written', { name: recordedByName }) : null,
    ]
      .filter(Boolean)
      .join(' · '),
  };
}

interface TimelineProps {
  data: Estimates;
  zone: string;
  currency: string;
  /** Null for who may only look. */
  acts: EstimateActs | null;
}

/** What happened to an estimate, the newest first, and the links that are out. */
export function Timeline({ data, zone, currency, acts }: TimelineProps) {
  const entries = [...data.versions.flatMap((version) => ofVersion(version, currency)), ...data.records.map((record) => ofRecord(record, currency))].sort((one, other) =>
    other.at.localeCompare(one.at),
  );
  if (entries.length === 0) return null;
  return (
    <div className="flex flex-col gap-2">
      <h4 className="text-xs font-medium text-muted">{t('estimate.timeline')}</h4>
      <ol role="list" className="flex flex-col gap-2">
        {entries.map(({ key, at, icon: Icon, words, detail }) => (
          <li key={key} className="flex gap-2">
            <Icon size={16} aria-hidden className="mt-0.5 shrink-0 text-muted" />
            <span className="min-w-0 flex-1">
              <span className="block break-words">{words}</span>
              <span className="block text-xs break-words text-muted">{[formatDateTime(at, zone), detail].filter(Boolean).join(' · ')}</span>
            </span>
          </li>
        ))}
      </ol>
      <Links data={data} zone={zone} acts={acts} />
    </div>
  );
}

function Links({ data, zone, acts }: Pick<TimelineProps, 'data' | 'zone' | 'acts'>) {
  const [revoking, setRevoking] = useState<string | null>(null);
  const open = data.links.filter((link) => link.isOpen);
  const revoke = (id: string): void => {
    acts?.revoke(id).then(
      () => {
        setRevoking(null);
        toast({ tone: 'success', title: t('estimate.link.revoke.done') });
      },
      (error: unknown) => toast({ tone: 'error', title: errorWords(error) }),
    );
  };
  return (
    <>
      {open.map((link) => (
        <p key={link.id} className="flex flex-wrap items-center justify-between gap-2 rounded-control bg-sunken px-3 py-1.5">
          <span>
            {t('estimate.link')}
            {' · '}
            {t('estimate.link.open', { when: formatDateTime(link.expiresAt, zone) })}
          </span>
          {acts ? (
            <Button size="sm" onClick={() => setRevoking(link.id)}>
              {t('estimate.link.revoke')}
            </Button>
          ) : null}
        </p>
      ))}
      {revoking ? (
        <Dialog
          title={t('estimate.link.revoke.title')}
          size="sm"
          onClose={() => setRevoking(null)}
          footer={
            <>
              <Button onClick={() => setRevoking(null)}>{t('estimate.link.keep')}</Button>
              <Button tone="danger" isPending={acts?.isPending ?? false} pendingLabel={t('action.saving')} onClick={() => revoke(revoking)}>
                {t('estimate.link.revoke.do')}
              </Button>
            </>
          }
        >
          <p>{t('estimate.link.revoke.detail')}</p>
        </Dialog>
      ) : null}
    </>
  );
}
