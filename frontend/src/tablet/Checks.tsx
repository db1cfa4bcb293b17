import { ChevronDown, ClipboardCheck, ClipboardList } from 'lucide-react';
import { useNavigate } from 'react-router';
import '@/i18n/late/tablet';
import { t } from '@/i18n/t';
import type { Checklist, Day, Template, Visit } from '@/offline/types';
import { act } from './act';
import { startChecklist } from './acts';
import { bigClasses } from './big';
import { offersOf } from './offers';
import { useOnce } from './once';
import { answeredOf, nextOpen, pointPath } from './points';
import { Progress } from './Progress';
import { StateMark } from './StateMark';
import { useWork } from './work';

/** The inspections of a visit, and those that can be begun: with or without a network. */
export function Checks({ visit, day }: { visit: Visit; day: Day }) {
  const navigate = useNavigate();
  const { person } = useWork();
  const once = useOnce();
  const { fitting, others } = offersOf(visit, day.templates);
  const begin = (template: Template): void =>
    once(template.id, async () => {
      if (!person) return;
      const operation = startChecklist(visit, template, person);
      if (await act(operation)) void navigate(`/checks/${operation.about.checklistId ?? ''}/1`);
    });
  const start = (template: Template) => (
    <button key={template.id} type="button" className={bigClasses(visit.checklists.length === 0 && template === fitting[0] ? 'primary' : 'plain')} onClick={() => begin(template)}>
      <ClipboardCheck aria-hidden className="shrink-0" />
      {t('tablet.check.start', { name: template.name })}
    </button>
  );
  return (
    <section aria-label={t('tablet.check')} className="flex flex-col gap-3">
      <h2 className="px-1 text-base font-semibold">{t('tablet.check')}</h2>
      {visit.checklists.length === 0 && day.templates.length === 0 ? <p className="px-1">{t('tablet.check.none')}</p> : null}
      {visit.checklists.map((checklist) => (
        <Begun key={checklist.id} checklist={checklist} onOpen={() => void navigate(pointPath(checklist, nextOpen(checklist)))} />
      ))}
      {fitting.map(start)}
      {others.length > 0 ? (
        <details className="group" open={fitting.length === 0 && visit.checklists.length === 0}>
          <summary className={bigClasses('plain', 'w-full cursor-pointer border')}>
            {t('tablet.check.others', { count: others.length })}
            <ChevronDown aria-hidden size={20} className="group-open:rotate-180" />
          </summary>
          <div className="flex flex-col gap-3 pt-3">{others.map(start)}</div>
        </details>
      ) : null}
    </section>
  );
}

function Begun({ checklist, onOpen }: { checklist: Checklist; onOpen: () => void }) {
  const { states } = useWork();
  const isOpen = checklist.status === 'open';
  const done = answeredOf(checklist);
  const count = checklist.items.length;
  return (
    <div className="flex flex-col gap-1.5">
      <button type="button" className={bigClasses(isOpen ? 'primary' : 'plain', 'min-h-16 flex-col gap-1')} onClick={onOpen}>
        <span className="flex items-center gap-2">
          <ClipboardList aria-hidden className="shrink-0" />
          {t(isOpen ? 'tablet.check.open' : 'tablet.check.look', { title: checklist.title })}
        </span>
        <span className="tabular font-normal">{isOpen ? t('tablet.check.progress', { done, count }) : t('tablet.check.submitted')}</span>
      </button>
      <div className="flex items-center gap-3 px-1">
        <Progress done={done} count={count} />
        <StateMark state={states.get(checklist.id)} />
      </div>
    </div>
  );
}
