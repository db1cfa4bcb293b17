import { Check, CircleHelp, Eye, MessageSquareReply, RotateCcw, SendHorizontal, X } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import '@/i18n/late/estimates';
import { hasWord, t } from '@/i18n/t';
import { moneyText } from '@/lib/money';
import { formatPhone } from '@/lib/phone';
import { formatDateTime } from '@/lib/time';
import type { ApprovalRecord, Estimates, EstimateVersion } from '@/types';

/** Something that happened to an estimate, as its list tells it. */
export interface Entry {
  key: string;
  at: string;
  /** When it came about: what was said by phone is written down later, and counts from then. */
  since: string;
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
    since: version.createdAt,
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
  return version.openedAt ? [shown, { key: `${version.id} opened`, at: version.openedAt, since: version.openedAt, icon: Eye, words: t('estimate.opened'), detail: '' }] : [shown];
}

/** Who wrote it down, and when where that was not at once. */
function written({ saidAt, recordedAt }: ApprovalRecord, name: string, zone: string): string {
  const isLater = Date.parse(recordedAt) - Date.parse(saidAt) > 60_000;
  return isLater ? t('estimate.by.writtenAt', { name, when: formatDateTime(recordedAt, zone) }) : t('estimate.by.written', { name });
}

function ofRecord(record: ApprovalRecord, currency: string, zone: string): Entry {
  const { decision, method, person, phone, reason, words, recordedByName: name } = record;
  const amount = decision === 'approved' || decision === 'declined' ? moneyText(record.amountCents, currency) : null;
  const who = person ? t(`estimate.by.${method}`, { person, phone: formatPhone(phone) }) : null;
  return {
    key: record.id,
    at: record.saidAt,
    since: decision === 'revoked' ? record.saidAt : record.recordedAt,
    icon: SAID[decision],
    words: [t(`estimate.said.${decision}`, { name: record.jobName }), amount].filter(Boolean).join(' · '),
    detail: [
      who,
      reason ? t('estimate.reason', { reason }) : null,
      words ? `“${words}”` : null,
      name && name !== person ? written(record, name, zone) : null,
    ]
      .filter(Boolean)
      .join(' · '),
  };
}

/** Everything that happened, the newest first; of one moment, what was said stands above what it was said to. */
export function entriesOf({ versions, records }: Pick<Estimates, 'versions' | 'records'>, currency: string, zone: string): Entry[] {
  const told = [...versions.flatMap((version) => ofVersion(version, currency)), ...records.map((record) => ofRecord(record, currency, zone))];
  return told.reverse().sort((one, other) => Date.parse(other.since) - Date.parse(one.since));
}
