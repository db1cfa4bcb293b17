import { useEffect } from 'react';
import { Estimate } from './Estimate';
import { Invoice } from './Invoice';
import { Known } from './Known';
import { CameBack } from './CameBack';
import { Payment } from './Payment';
import { Report } from './Report';
import { CallShop, Act, Note, Panel } from './parts';
import { say, whenText, wordOf } from './say';
import type { Refusal, VisitPage } from './api';
import { useCardPayment } from './useCardPayment';
import { useVisit } from './useVisit';

/** What holds for the whole page of who has a link to a visit. */
export function Visit() {
  const { page, refusal, show, reload } = useVisit();
  const card = useCardPayment(page);
  useEffect(() => {
    if (page) document.title = `${titleOf(page)} · ${page.shop.name}`;
  }, [page]);

  if (refusal && (refusal.status === 404 || refusal.status === 410)) return <Ended refusal={refusal} />;
  if (!page) return refusal ? <Silent refusal={refusal} reload={reload} /> : <Loading />;
  return (
    <Frame>
      <header className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 border-b border-line pb-3">
        <p className="text-lg font-semibold">{page.shop.name}</p>
        <CallShop shop={page.shop} />
      </header>
      {refusal ? (
        <Note tone="warning" title={say('visit.offline.title')} isAlert>
          {say('visit.offline.detail')}
        </Note>
      ) : null}
      {page.money ? <CameBack page={page} money={page.money} card={card} /> : null}
      <Head page={page} />
      {page.report ? (
        <Report page={page} report={page.report} />
      ) : page.purpose === 'report' ? (
        <Panel title={say('visit.report.again.title')}>
          <p>{say('visit.report.again.detail')}</p>
        </Panel>
      ) : null}
      {page.estimate ? (
        <Estimate page={page} estimate={page.estimate} show={show} />
      ) : page.purpose === 'estimate' ? (
        <Panel title={say('visit.none.title')}>
          <p>{say('visit.none.detail')}</p>
        </Panel>
      ) : null}
      {page.invoice ? <Invoice invoice={page.invoice} currency={page.shop.currency} /> : null}
      {page.money ? <Payment page={page} money={page.money} card={card} /> : page.hasMoney ? <Known page={page} why={say(page.purpose === 'invoice' ? 'visit.known.why.invoice' : 'visit.known.why.money')} show={show} {...(page.purpose === 'invoice' ? {} : { opensBy: say('visit.money.show') })} /> : null}
      <p className="text-sm text-muted">{say('visit.foot')}</p>
    </Frame>
  );
}

function Frame({ children }: { children: React.ReactNode }) {
  return <main className="mx-auto flex max-w-2xl flex-col gap-4 px-4 pt-4 pb-10 text-base">{children}</main>;
}

function titleOf({ visit }: VisitPage): string {
  const vehicle = visit.vehicle ?? say('visit.car');
  return visit.firstName ? say('visit.hello', { name: visit.firstName, vehicle }) : say('visit.hello.plain', { vehicle });
}

function Head({ page }: { page: VisitPage }) {
  const { visit, shop } = page;
  const status = wordOf(`visit.status.${visit.status}`);
  return (
    <div className="flex flex-col gap-1">
      <h1 className="text-xl font-semibold text-balance">{titleOf(page)}</h1>
      <p className="text-muted">
        {say('visit.number', { number: visit.number })}
        {' · '}
        <span className="font-medium text-ink">{status ? say(status, { when: whenText(visit.startsAt, shop.timezone) }) : null}</span>
      </p>
      {visit.promisedAt ? <p>{say('visit.promised', { when: whenText(visit.promisedAt, shop.timezone) })}</p> : null}
      {page.estimate?.intro ? <p className="mt-2 whitespace-pre-line">{page.estimate.intro}</p> : null}
    </div>
  );
}

function Loading() {
  return (
    <Frame>
      <p role="status" className="text-muted">
        {say('visit.loading')}
      </p>
      {['h-8', 'h-40', 'h-40'].map((height, index) => (
        <span key={index} aria-hidden className={`block rounded-panel bg-line motion-safe:animate-pulse-soft ${height}`} />
      ))}
    </Frame>
  );
}

/** Expired, taken back, altered, or never there: one calm page for all. */
function Ended({ refusal }: { refusal: Refusal }) {
  return (
    <Frame>
      <Panel label={say('visit.ended.title')}>
        <h1 className="text-xl font-semibold">{say('visit.ended.title')}</h1>
        <p>{refusal.shop ? say('visit.ended.call', { shop: refusal.shop.name }) : say('visit.ended.plain')}</p>
        <CallShop shop={refusal.shop} isBig />
      </Panel>
    </Frame>
  );
}

function Silent({ refusal, reload }: { refusal: Refusal; reload: () => void }) {
  const isOffline = refusal.status === 0;
  return (
    <Frame>
      <Panel label={say('visit.failed.title')}>
        <h1 className="text-xl font-semibold">{say(isOffline ? 'visit.offline.title' : 'visit.failed.title')}</h1>
        <p>{isOffline ? say('visit.offline.detail') : refusal.message || say('visit.failed.detail')}</p>
        <Act tone="primary" onClick={reload}>
          {say('visit.again')}
        </Act>
      </Panel>
    </Frame>
  );
}
