import { clsx } from 'clsx';
import { ChevronDown } from 'lucide-react';
import { contraryTo, readingWords, SIGNS } from '@/lib/inspection-answers';
import type { Report as Shown, ReportItem, VisitPage } from './api';
import { Panel } from './parts';
import { Photos } from './Photos';
import { dayText, say } from './say';

const LOOKS = {
  fail: { icon: SIGNS.fail, tone: 'bg-danger-soft text-danger', word: 'visit.report.fail' },
  attention: { icon: SIGNS.attention, tone: 'bg-warning-soft text-warning', word: 'visit.report.attention' },
  pass: { icon: SIGNS.pass, tone: 'bg-success-soft text-success', word: 'visit.report.pass' },
  na: { icon: SIGNS.na, tone: 'bg-canceled-soft text-canceled', word: 'visit.report.na' },
} as const;
type Result = keyof typeof LOOKS;

/** The inspection in plain words: what is urgent, what can wait a little, and what is fine. */
export function Report({ page, report }: { page: VisitPage; report: Shown }) {
  const of = (result: Result): ReportItem[] => report.items.filter((item) => item.result === result);
  const found = [...of('fail'), ...of('attention')];
  const day = report.submittedAt ? dayText(new Intl.DateTimeFormat('en-CA', { timeZone: page.shop.timezone }).format(new Date(report.submittedAt))) : null;
  const jobs = new Set(page.estimate?.jobs.filter((job) => job.isPriced).map((job) => job.id));
  return (
    <section aria-labelledby="report" className="flex flex-col gap-3">
      <div>
        <h2 id="report" className="text-lg font-semibold">
          {say('visit.report.title')}
        </h2>
        <p className="text-muted">{[report.title, day ? say(report.by ? 'visit.report.by' : 'visit.report.on', { day, name: report.by ?? '' }) : null].filter(Boolean).join(' · ')}</p>
      </div>
      <Counts report={report} />
      {found.map((item) => (
        <Found key={item.id} item={item} hasJob={item.jobId !== null && jobs.has(item.jobId)} />
      ))}
      {found.length === 0 ? <p>{say('visit.report.allFine')}</p> : null}
      <Fine items={of('pass')} word="visit.report.fine" />
      <Fine items={of('na')} word="visit.report.skipped" />
    </section>
  );
}

function Counts({ report }: { report: Shown }) {
  return (
    <ul role="list" className="grid grid-cols-3 gap-2">
      {(['fail', 'attention', 'pass'] as const).map((result) => {
        const { icon: Icon, tone, word } = LOOKS[result];
        return (
          <li key={result} className={clsx('flex flex-col items-center gap-0.5 rounded-panel px-1 py-3 text-center', tone)}>
            <span className="flex items-center gap-1.5 text-xl font-semibold tabular">
              <Icon aria-hidden size={22} />
              {report.counts[result] ?? 0}
            </span>
            <span className="text-sm font-medium">{say(word)}</span>
          </li>
        );
      })}
    </ul>
  );
}

/** What was measured, and what is good: `Measured: 2.5 mm. Good from 5 mm, urgent below 3 mm.` */
export function measured({ reading, unit, limits }: Pick<ReportItem, 'reading' | 'unit' | 'limits'>): string {
  const said = say('visit.report.reading', { reading: readingWords(reading ?? '', unit) });
  const { failBelow = null, attentionBelow = null, attentionAbove = null, failAbove = null } = limits ?? {};
  const [least, most] = [attentionBelow ?? failBelow, attentionAbove ?? failAbove].map((bound) => (bound === null ? null : readingWords(bound, unit)));
  const good =
    least && most ? say('visit.report.good.between', { least, most }) : least ? say('visit.report.good.from', { least }) : most ? say('visit.report.good.to', { most }) : null;
  // Where that begins to be urgent at once, it is said already.
  const urgent = [
    failBelow !== null && attentionBelow !== null ? say('visit.report.urgent.below', { bound: readingWords(failBelow, unit) }) : null,
    failAbove !== null && attentionAbove !== null ? say('visit.report.urgent.above', { bound: readingWords(failAbove, unit) }) : null,
  ];
  const bounds = [good, ...urgent].filter((one) => one !== null).join(', ');
  return bounds ? `${said}. ${bounds}.` : said;
}

/** Something that needs doing, with what was seen. */
function Found({ item, hasJob }: { item: ReportItem; hasJob: boolean }) {
  const { icon: Icon, tone, word } = LOOKS[item.result as Result];
  return (
    <article aria-label={item.label} className="flex flex-col gap-2 rounded-panel border border-line bg-surface p-4">
      <span className={clsx('inline-flex items-center gap-1 self-start rounded-chip px-1.5 py-0.5 text-sm font-semibold', tone)}>
        <Icon aria-hidden size={16} />
        {say(word)}
      </span>
      <h3 className="text-lg font-semibold break-words">{item.label}</h3>
      {item.reading ? <p>{measured(item)}</p> : null}
      {item.note ? <p className="break-words whitespace-pre-line">{item.note}</p> : null}
      <Photos photos={item.photos} what={item.label} />
      {hasJob ? (
        <a href={`#job-${item.jobId}`} className="inline-flex min-h-11 items-center self-start font-semibold text-primary underline underline-offset-4">
          {say('visit.report.price')}
        </a>
      ) : null}
    </article>
  );
}

/** What needs nothing, folded away. */
function Fine({ items, word }: { items: readonly ReportItem[]; word: 'visit.report.fine' | 'visit.report.skipped' }) {
  if (items.length === 0) return null;
  return (
    <Panel label={say(word, { count: items.length })}>
      <details className="group">
        <summary className="flex min-h-11 cursor-pointer list-none items-center gap-2 font-semibold [&::-webkit-details-marker]:hidden">
          <ChevronDown aria-hidden size={20} className="shrink-0 text-muted group-open:rotate-180" />
          {say(word, { count: items.length })}
        </summary>
        <ul role="list" className="divide-y divide-line">
          {items.map((item) => {
            const { icon: Icon, word: result } = LOOKS[item.result as Result];
            return (
              <li key={item.id} className="flex flex-col gap-1 py-2">
                <span className="flex items-start gap-2">
                  <Icon aria-hidden size={18} className={clsx('mt-0.5 shrink-0', item.result === 'pass' ? 'text-success' : 'text-canceled')} />
                  <span className="min-w-0 flex-1 break-words">
                    {item.label}
                    <span className="sr-only">{`: ${say(result)}`}</span>
                  </span>
                  {item.reading ? <span className="shrink-0 text-muted tabular">{readingWords(item.reading, item.unit)}</span> : null}
                </span>
                {contraryTo(item.limits, item.reading, item.result) ? <span className="pl-6.5 text-muted">{measured(item)}</span> : null}
                {item.note ? <span className="pl-6.5 text-muted break-words">{item.note}</span> : null}
                <Photos photos={item.photos} what={item.label} />
              </li>
            );
          })}
        </ul>
      </details>
    </Panel>
  );
}
