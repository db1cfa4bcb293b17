import { ClipboardCheck, ClipboardList } from 'lucide-react';
import { useNavigate } from 'react-router';
import '@/i18n/late/tablet';
import { t } from '@/i18n/t';
import type { Day, Template, Visit } from '@/offline/types';
import { act } from './act';
import { startChecklist } from './acts';
import { bigClasses } from './big';
import { answeredOf, nextOpen } from './points';
import { Progress } from './Progress';
import { StateMark } from './StateMark';
import { useWork } from './work';

/** The inspections of a visit, and those that can be begun: with or without a network. */
export function Checks({ visit, day }: { visit: Visit; day: Day }) {
  const navigate = useNavigate();
  const { states, person } = useWork();
  const begun = new Set(visit.checklists.map((one) => one.title));
  const left = day.templates.filter((template) => !begun.has(template.name));
  const begin = async (template: Template): Promise<void> => {
    if (!person) return;
    const operation = startChecklist(visit, template, person);
    if (await act(operation)) void navigate(`/checks/${operation.about.checklistId ?? ''}/1`);
  };
  return (
    <section aria-label={t('tablet.check')} className="flex flex-col gap-2">
      <h2 className="px-1 text-base font-semibold">{t('tablet.check')}</h2>
      {visit.checklists.length === 0 && left.length === 0 ? <p className="px-1">{t('tablet.check.none')}</p> : null}
      {visit.checklists.map((checklist) => {
        const isOpen = checklist.status === 'open';
        return (
          <button
            key={checklist.id}
            type="button"
            className={bigClasses(isOpen ? 'primary' : 'plain', 'min-h-16 flex-col gap-1')}
            onClick={() => void navigate(`/checks/${checklist.id}/${nextOpen(checklist) + 1}`)}
          >
            <span className="flex items-center gap-2">
              <ClipboardList aria-hidden />
              {t(isOpen ? 'tablet.check.open' : 'tablet.check.look', { title: checklist.title })}
            </span>
            <span className="tabular font-normal">
              {isOpen ? t('tablet.check.progress', { done: answeredOf(checklist), count: checklist.items.length }) : t('tablet.check.submitted')}
            </span>
          </button>
        );
      })}
      {visit.checklists.map((checklist) => (
        <div key={checklist.id} className="flex items-center gap-3 px-1">
          <Progress done={answeredOf(checklist)} count={checklist.items.length} />
          <StateMark state={states.get(checklist.id)} />
        </div>
      ))}
      {left.map((template) => (
        <button key={template.id} type="button" className={bigClasses('plain')} onClick={() => void begin(template)}>
          <ClipboardCheck aria-hidden />
          {t('tablet.check.start', { name: template.name })}
        </button>
      ))}
    </section>
  );
}
