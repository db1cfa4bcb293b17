import { CircleCheckBig, Hand, MoreHorizontal, Pencil, RotateCcw, Send, Trash2 } from 'lucide-react';
import { useId, useState } from 'react';
import { ApiError } from '@/api';
import { Badge } from '@/components/ui/Badge';
import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { IconButton } from '@/components/ui/IconButton';
import type { MenuItem } from '@/components/ui/Menu';
import { Menu } from '@/components/ui/Menu';
import { toast } from '@/components/ui/toast-store';
import { useSession } from '@/contexts/SessionContext';
import '@/i18n/late/inspections';
import { t } from '@/i18n/t';
import { errorWords } from '@/lib/error-words';
import { formatDateTime } from '@/lib/time';
import type { Checklist } from '@/types';
import { AddPoint } from './AddPoint';
import { useInspectionPlace } from './InspectionContext';
import { ItemRow } from './ItemRow';
import type { Lacking } from './MissingList';
import { MissingList } from './MissingList';
import { bySection, RESULTS } from './results';
import { SendReport } from './SendReport';

/** One inspection: who fills it, how far it is, its points, and what the customer was sent. */
export function ChecklistCard({ list }: { list: Checklist }) {
  const { acts, attempt, canFill, canSend } = useInspectionPlace();
  const { me } = useSession();
  const heading = useId();
  const [lacking, setLacking] = useState<Lacking[]>([]);
  const [isCorrecting, setCorrecting] = useState(false);
  const [dialog, setDialog] = useState<'send' | 'delete' | null>(null);
  const isSubmitted = list.status === 'submitted';
  const isMine = list.holderId === me.user.id;
  const canEdit = canFill && isMine && (!isSubmitted || isCorrecting);
  // What has been filled in since is not missing any more.
  const stillLacking = lacking.filter((one) => {
    const item = list.items.find((each) => each.id === one.itemId);
    return item !== undefined && (one.what === 'photo' ? item.result === 'fail' && item.photos.length === 0 : item.result === null);
  });

  /** Who corrects another's inspection fills it in from then on. */
  const correct = (): void => {
    if (isMine) setCorrecting(!isCorrecting);
    else void attempt(acts.takeOver(list, me.user.id), t('inspection.take.done')).then((done) => done !== null && setCorrecting(true));
  };
  const submit = (): void => {
    acts.submit(list).then(
      () => {
        setLacking([]);
        toast({ tone: 'success', title: t('inspection.submit.done', { title: list.title }) });
      },
      (error: unknown) => {
        const missing = error instanceof ApiError ? error.extra<Lacking[]>('missing') : undefined;
        if (missing) setLacking(missing);
        else toast({ tone: 'error', title: t('inspection.failed'), detail: errorWords(error) });
      },
    );
  };

  return (
    <section aria-labelledby={heading} className="@container flex flex-col rounded-panel border border-line bg-surface">
      <header className="flex flex-col gap-2 p-3">
        <div className="flex items-start justify-between gap-2">
          <div className="min-w-0">
            <h3 id={heading} className="font-semibold break-words">
              {list.title}
            </h3>
            <Progress list={list} />
          </div>
          <MoreMenu list={list} onDelete={() => setDialog('delete')} />
        </div>
        <Holder list={list} />
        <Sent list={list} />
        <div className="flex flex-wrap gap-2">
          {canFill && !isMine && !isSubmitted ? (
            <Button icon={<Hand size={16} aria-hidden />} isPending={acts.isPending} onClick={() => void attempt(acts.takeOver(list, me.user.id), t('inspection.take.done'))}>
              {t('inspection.take')}
            </Button>
          ) : null}
          {canFill && isMine && !isSubmitted ? (
            <Button tone="primary" icon={<CircleCheckBig size={16} aria-hidden />} isPending={acts.isPending} onClick={submit}>
              {t('inspection.submit')}
            </Button>
          ) : null}
          {isSubmitted && canSend ? (
            <Button tone={list.sentAt ? 'secondary' : 'primary'} icon={<Send size={16} aria-hidden />} onClick={() => setDialog('send')}>
              {t(list.sentAt ? 'report.send.again' : 'report.send')}
            </Button>
          ) : null}
          {canFill && isSubmitted ? (
            <Button icon={<Pencil size={16} aria-hidden />} aria-pressed={isMine && isCorrecting} isPending={acts.isPending && !isMine} onClick={correct}>
              {t(isMine && isCorrecting ? 'inspection.correct.end' : 'inspection.correct')}
            </Button>
          ) : null}
        </div>
        {stillLacking.length > 0 ? <MissingList lacking={stillLacking} /> : null}
      </header>
      {bySection(list.items).map(({ section, items }, index) => (
        <div key={`${section} ${index}`}>
          {section ? <h4 className="border-t border-line bg-sunken px-3 py-1.5 text-xs font-semibold text-muted">{section}</h4> : null}
          <ul role="list" className="divide-y divide-line border-t border-line">
            {items.map((item) => (
              <ItemRow key={item.id} list={list} item={item} canEdit={canEdit} />
            ))}
          </ul>
        </div>
      ))}
      {canEdit ? <AddPoint list={list} /> : null}
      {dialog === 'send' ? <SendReport list={list} onClose={() => setDialog(null)} /> : null}
      {dialog === 'delete' ? <DeleteChecklist list={list} onClose={() => setDialog(null)} /> : null}
    </section>
  );
}

/** How far it is, and how many of each answer. */
function Progress({ list }: { list: Checklist }) {
  const count = (result: string): number => list.items.filter((item) => item.result === result).length;
  const done = list.items.filter((item) => item.result !== null).length;
  return (
    <p className="mt-0.5 flex flex-wrap items-center gap-1.5">
      <span className="tabular mr-1 text-xs text-muted">{t('inspection.progress', { done, count: list.items.length })}</span>
      {(['fail', 'attention', 'pass'] as const).map((result) =>
        count(result) > 0 ? (
          <Badge key={result} tone={RESULTS[result].tone} icon={RESULTS[result].icon}>
            {t(`inspection.count.${result}`, { count: count(result) })}
          </Badge>
        ) : null,
      )}
    </p>
  );
}

function Holder({ list }: { list: Checklist }) {
  const { zone } = useInspectionPlace();
  const { me } = useSession();
  if (list.submittedAt) {
    const when = formatDateTime(list.submittedAt, zone);
    return <p className="text-muted">{list.submittedByName ? t('inspection.submitted', { when, name: list.submittedByName }) : t('inspection.submitted.plain', { when })}</p>;
  }
  if (list.holderId === me.user.id) return <p className="text-muted">{t('inspection.holder.you')}</p>;
  return <p className="font-medium">{list.holderName ? t('inspection.holder', { name: list.holderName }) : t('inspection.holder.none')}</p>;
}

/** What became of the report. */
function Sent({ list }: { list: Checklist }) {
  const { zone } = useInspectionPlace();
  const { sentAt, openedAt } = list;
  if (!sentAt) return null;
  const isHidden = list.status === 'open';
  const isChanged = !isHidden && list.items.some((item) => item.updatedAt !== null && item.updatedAt > sentAt);
  return (
    <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
      <span className="text-muted">{t('report.sent', { when: formatDateTime(sentAt, zone) })}</span>
      <Badge tone={openedAt ? 'success' : 'neutral'}>{openedAt ? t('report.opened', { when: formatDateTime(openedAt, zone) }) : t('report.unopened')}</Badge>
      {isHidden ? <Badge tone="warning">{t('report.hidden')}</Badge> : null}
      {isChanged ? <Badge tone="warning">{t('report.outdated')}</Badge> : null}
    </p>
  );
}

function MoreMenu({ list, onDelete }: { list: Checklist; onDelete: () => void }) {
  const { acts, attempt, canFill, canManage } = useInspectionPlace();
  const items: (MenuItem | false)[] = [
    canFill && list.status === 'submitted' && { id: 'reopen', label: t('inspection.reopen'), icon: RotateCcw, onSelect: () => void attempt(acts.reopen(list)) },
    canManage && list.sentAt === null && { id: 'delete', label: t('inspection.delete'), icon: Trash2, isDanger: true, onSelect: onDelete },
  ];
  const shown = items.filter((item): item is MenuItem => item !== false);
  if (shown.length === 0) return null;
  const label = t('inspection.more', { title: list.title });
  return (
    <Menu label={label} items={shown}>
      {(trigger) => <IconButton icon={MoreHorizontal} label={label} {...trigger} />}
    </Menu>
  );
}

function DeleteChecklist({ list, onClose }: { list: Checklist; onClose: () => void }) {
  const { acts, attempt } = useInspectionPlace();
  const { title } = list;
  return (
    <Dialog
      title={t('inspection.delete.title', { title })}
      size="sm"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button
            tone="danger"
            isPending={acts.isPending}
            pendingLabel={t('action.saving')}
            onClick={() => void attempt(acts.remove(list.id), t('inspection.deleted', { title })).then(onClose)}
          >
            {t('inspection.delete.submit')}
          </Button>
        </>
      }
    >
      <p>{t('inspection.delete.lead')}</p>
    </Dialog>
  );
}
