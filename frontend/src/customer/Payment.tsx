import { FileText } from 'lucide-react';
import { useEffect, useState } from 'react';
import { moneyText } from '@/lib/money';
import type { components } from '@/generated/openapi';
import { readHistory, Refusal, send, type CarHistory, type VisitPage } from './api';
import { Act, Note, Panel } from './parts';
import { begin } from './paying';
import type { CardPayment } from './useCardPayment';
import { dayText, say, wordOf, type Word } from './say';

/** For who is known: what is owed, the way to pay it, papers, and this car's other visits. */
export function Payment({ page, money, card }: { page: VisitPage; money: components['schemas']['VisitorMoney']; card: CardPayment }) {
  const { currency, name } = page.shop;
  const [fault, setFault] = useState<string | null>(null);
  const [isOpening, setIsOpening] = useState(false);
  const { paying } = card;
  const papers: [string, Word, boolean][] = [
    ['estimate', 'visit.paper.estimate', page.purpose === 'estimate' && page.estimate !== null],
    ['invoice', 'visit.paper.invoice', money.hasInvoice],
    ['receipt', 'visit.paper.receipt', money.hasReceipt],
  ];

  const pay = async (): Promise<void> => {
    setIsOpening(true);
    setFault(null);
    card.forget();
    begin(page.visit.number, money.paidCents);
    try {
      const { url } = await send<{ url: string }>('checkout', {});
      location.assign(url);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      setFault(error.message || say('visit.offline.detail'));
      setIsOpening(false);
    }
  };

  return (
    <>
      <Panel id="payment" title={say('visit.money')}>
        <dl className="grid grid-cols-[1fr_auto] gap-x-4 gap-y-1">
          {(
            [
              ['visit.money.total', money.totalCents],
              ['visit.money.paid', money.paidCents],
              ['visit.money.left', money.balanceCents],
            ] as const
          ).map(([word, cents]) => (
            <div key={word} className="contents">
              <dt>{say(word)}</dt>
              <dd className="text-right font-semibold tabular">{moneyText(cents, currency)}</dd>
            </div>
          ))}
        </dl>
        {money.totalCents === 0 ? <p className="text-muted">{say('visit.money.nothing')}</p> : null}
        {money.balanceCents <= 0 && money.totalCents > 0 ? <Note tone="success">{say('visit.money.settled')}</Note> : null}
        {fault ? (
          <Note tone="danger" isAlert>
            {fault}
          </Note>
        ) : null}
        {paying === 'confirming' ? (
          <p>{say('visit.came.noAgain')}</p>
        ) : money.canPay ? (
          <Act tone={paying === 'late' ? 'plain' : 'primary'} disabled={isOpening} onClick={() => void pay()}>
            {isOpening ? say('visit.money.paying') : say('visit.money.pay', { money: moneyText(money.balanceCents, currency) })}
          </Act>
        ) : money.balanceCents > 0 ? (
          <p>{say('visit.money.counter', { shop: name })}</p>
        ) : null}
        {papers
          .filter(([, , isThere]) => isThere)
          .map(([kind, word]) => (
            <a key={kind} href={`/api/portal/papers/${kind}.pdf`} className="flex min-h-11 items-center gap-2 text-primary underline underline-offset-4">
              <FileText aria-hidden size={18} />
              {say(word)}
            </a>
          ))}
      </Panel>
      <Past currency={currency} />
    </>
  );
}

function Past({ currency }: { currency: string }) {
  const [past, setPast] = useState<CarHistory | null>(null);
  const [hasFailed, setHasFailed] = useState(false);
  useEffect(() => {
    readHistory().then(setPast, () => setHasFailed(true));
  }, []);
  if (hasFailed) return <Note tone="warning">{say('visit.past.failed')}</Note>;
  if (!past) return null;
  return (
    <Panel title={say('visit.past')}>
      {past.declined.length ? (
        <div>
          <h3 className="font-semibold">{say('visit.past.declined')}</h3>
          <ul role="list" className="divide-y divide-line">
            {past.declined.map((job, index) => (
              <li key={index} className="flex flex-wrap justify-between gap-x-4 py-2">
                <span className="min-w-0">
                  {job.name}
                  <span className="block text-sm text-muted">{job.reason}</span>
                </span>
                <span className="tabular">{say('visit.past.price', { money: moneyText(job.priceThenCents, currency) })}</span>
              </li>
            ))}
          </ul>
        </div>
      ) : null}
      {past.visits.length ? (
        <ul role="list" className="divide-y divide-line">
          {past.visits.map((visit) => (
            <li key={visit.number} className="flex flex-wrap justify-between gap-x-4 py-2">
              <span className="min-w-0">
                {dayText(visit.day)}
                <span className="block text-sm text-muted">{visit.summary ?? statusWords(visit.status, visit.day)}</span>
              </span>
              <span className="tabular">{moneyText(visit.totalCents, currency)}</span>
            </li>
          ))}
        </ul>
      ) : (
        <p className="text-muted">{say('visit.past.none')}</p>
      )}
    </Panel>
  );
}

function statusWords(status: string, day: string): string {
  const word = wordOf(`visit.status.${status}`);
  return word ? say(word, { when: dayText(day) }) : '';
}
