import { CircleAlert, CircleCheck, FileText, Info } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { components } from '@/generated/openapi';
import { moneyText } from '@/lib/money';
import type { VisitPage } from './api';
import type { Paying } from './paying';
import { say, type Word } from './say';
import type { CardPayment } from './useCardPayment';

const SHOWN: Record<Exclude<Paying, 'idle'>, { classes: string; Icon: typeof Info; title: Word; detail?: Word }> = {
  confirming: { classes: 'bg-info-soft text-info', Icon: Info, title: 'visit.came.confirming', detail: 'visit.came.confirming.detail' },
  late: { classes: 'bg-warning-soft text-warning', Icon: CircleAlert, title: 'visit.came.late', detail: 'visit.came.late.detail' },
  received: { classes: 'bg-success-soft text-success', Icon: CircleCheck, title: 'visit.came.received.plain' },
  canceled: { classes: 'bg-info-soft text-info', Icon: Info, title: 'visit.came.canceled' },
};

/** Who comes back from the card's page hears first what became of the payment: what the shop's books say, as it comes. */
export function CameBack({ page, money, card }: { page: VisitPage; money: components['schemas']['VisitorMoney']; card: CardPayment }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const { paying, receivedCents, leftCents } = card;
  const isShown = paying !== 'idle';
  useEffect(() => {
    if (isShown) heading.current?.focus();
  }, [isShown]);
  if (paying === 'idle') return null;
  const { classes, Icon, title, detail } = SHOWN[paying];
  const { currency } = page.shop;
  const isReceived = paying === 'received';
  return (
    <section aria-label={say('visit.came')} className={`flex gap-2.5 rounded-panel p-4 ${classes}`}>
      <Icon aria-hidden size={24} className="mt-0.5 shrink-0" />
      <div className="flex min-w-0 flex-col gap-1">
        <div role="status">
          <h2 ref={heading} tabIndex={-1} className="text-lg font-semibold">
            {isReceived && receivedCents !== null ? say('visit.came.received', { money: moneyText(receivedCents, currency) }) : say(title)}
          </h2>
          {detail ? <p>{say(detail)}</p> : null}
          {isReceived ? <p>{leftCents > 0 ? say('visit.came.left', { money: moneyText(leftCents, currency) }) : say('visit.money.settled')}</p> : null}
        </div>
        {isReceived && money.hasReceipt ? (
          <a href="/api/portal/papers/receipt.pdf" className="inline-flex min-h-11 items-center gap-2 self-start font-semibold underline underline-offset-4">
            <FileText aria-hidden size={18} />
            {say('visit.paper.receipt')}
          </a>
        ) : null}
        {money.canPay && paying !== 'confirming' && !(isReceived && leftCents <= 0) ? (
          <a href="#payment" className="inline-flex min-h-11 items-center self-start font-semibold underline underline-offset-4">
            {say('visit.came.down')}
          </a>
        ) : null}
      </div>
    </section>
  );
}
