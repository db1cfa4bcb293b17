import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { CircleCheck, NotebookText } from 'lucide-react';
import { Button } from '@/components/ui/Button';
import { EmptyState } from '@/components/ui/EmptyState';
import { ErrorState } from '@/components/ui/ErrorState';
import { Money } from '@/components/ui/Money';
import { SkeletonLines } from '@/components/ui/Skeleton';
import { useAppointmentActions } from '@/contexts/AppointmentContext';
import { useShopLocation } from '@/contexts/LocationContext';
import { t } from '@/i18n/t';
import { formatDate } from '@/lib/time';
import type { JournalBalance, JournalEntry } from '@/types';
import { Faults } from './Faults';
import { bookQueries } from './queries';
import { RangeFields, useRange } from './RangeFields';
import { HEAD, ROW, SUM, TABLE, TD, TD_NUMBER, TH, TH_NUMBER } from './table';

/** The journal before it is exported: its accounts, whether it ties out, and its entries. */
export function Journal() {
  const { location } = useShopLocation();
  const range = useRange();
  const balance = useQuery(bookQueries.balance(location.id, range));
  const entries = useInfiniteQuery(bookQueries.journal(location.id, range));
  const error = balance.error ?? entries.error;
  const found = entries.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className="mx-auto flex max-w-5xl flex-col gap-6">
      <RangeFields />
      {balance.data && entries.data ? (
        balance.data.entries === 0 ? (
          <EmptyState icon={NotebookText} title={t('journal.empty.title')} detail={t('journal.empty.detail')} />
        ) : (
          <>
            <TieOut balance={balance.data} />
            <Accounts balance={balance.data} />
            <Entries entries={found} count={balance.data.entries} currency={balance.data.currency} />
            {entries.hasNextPage ? (
              <div>
                <Button isPending={entries.isFetchingNextPage} onClick={() => void entries.fetchNextPage()}>
                  {t('journal.more')}
                </Button>
              </div>
            ) : null}
          </>
        )
      ) : error ? (
        <ErrorState error={error} onRetry={() => void (balance.error ? balance.refetch() : entries.refetch())} />
      ) : (
        <SkeletonLines lines={10} label={t('books.loading')} />
      )}
    </div>
  );
}

function TieOut({ balance }: { balance: JournalBalance }) {
  const { invoicedCents, paidCents, owedChangeCents, differenceCents, debitCents, creditCents, currency, faults } = balance;
  const ties = differenceCents === 0 && debitCents === creditCents && faults.length === 0;
  const facts = [
    ['journal.invoiced', invoicedCents],
    ['journal.paid', paidCents],
    ['journal.owed', owedChangeCents],
    ['journal.difference', differenceCents],
  ] as const;
  return (
    <section aria-label={t('journal.sums')} className="flex flex-col gap-3">
      {ties ? (
        <p className="flex flex-wrap items-center gap-x-2 rounded-control bg-success-soft px-4 py-3 text-success">
          <CircleCheck size={16} aria-hidden className="shrink-0" />
          <span className="font-medium">{t('journal.ties')}</span>
          <span>{t('journal.ties.detail')}</span>
        </p>
      ) : (
        <Faults title={t('journal.off')} detail={t('exports.disagree.detail')} faults={faults} />
      )}
      <dl className="grid grid-cols-2 gap-x-6 gap-y-2 sm:grid-cols-4">
        {facts.map(([word, cents]) => (
          <div key={word}>
            <dt className="text-xs text-muted">{t(word)}</dt>
            <dd className="text-lg font-semibold">
              <Money cents={cents} currency={currency} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Accounts({ balance }: { balance: JournalBalance }) {
  return (
    <div className="overflow-x-auto">
      <table className={TABLE} aria-label={t('journal.accounts')}>
        <Head first={t('journal.account')} />
        <tbody>
          {balance.accounts.map((line) => (
            <tr key={line.account} className={ROW}>
              <th scope="row" className={`${TD} text-left font-medium`}>
                <span className="tabular mr-2 text-muted">{line.account}</span>
                {line.accountName}
              </th>
              <Sides line={line} currency={balance.currency} />
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr className={SUM}>
            <th scope="row" className={`${TD} text-left font-semibold`}>
              {t('journal.total')}
            </th>
            <Sides line={balance} currency={balance.currency} />
          </tr>
        </tfoot>
      </table>
    </div>
  );
}

function Head({ first }: { first: string }) {
  return (
    <thead className={HEAD}>
      <tr>
        <th scope="col" className={TH}>
          {first}
        </th>
        <th scope="col" className={TH_NUMBER}>
          {t('journal.debit')}
        </th>
        <th scope="col" className={TH_NUMBER}>
          {t('journal.credit')}
        </th>
      </tr>
    </thead>
  );
}

function Sides({ line, currency }: { line: { debitCents: number; creditCents: number }; currency: string }) {
  return (
    <>
      <td className={TD_NUMBER}>{line.debitCents ? <Money cents={line.debitCents} currency={currency} /> : null}</td>
      <td className={TD_NUMBER}>{line.creditCents ? <Money cents={line.creditCents} currency={currency} /> : null}</td>
    </>
  );
}

function entryWords(entry: JournalEntry): string {
  const number = String(entry.invoiceNumber ?? '');
  const facts = { number, version: String(entry.versionNo ?? ''), order: String(entry.appointmentNumber) };
  return t(`journal.kind.${entry.kind}`, facts);
}

function Entries({ entries, count, currency }: { entries: readonly JournalEntry[]; count: number; currency: string }) {
  const { open } = useAppointmentActions();
  const title = t('journal.entries', { count });
  return (
    <section aria-label={title}>
      <h2 className="mb-1 text-base font-semibold">{title}</h2>
      <div className="overflow-x-auto">
        <table className={TABLE} aria-label={title}>
          <Head first={t('journal.account')} />
          {entries.map((entry) => (
            <tbody key={entry.id} className="border-t-2 border-line">
              <tr>
                <th scope="rowgroup" colSpan={3} className="pt-2 text-left font-medium">
                  <button
                    type="button"
                    aria-label={t('journal.openOrder', { entry: entryWords(entry) })}
                    className="text-primary hover:underline pointer-coarse:min-h-11"
                    onClick={() => open(entry.appointmentId)}
                  >
                    {entryWords(entry)}
                  </button>
                  <span className="ml-2 font-normal text-muted">
                    {[formatDate(entry.day), entry.customerName].filter(Boolean).join(' · ')}
                  </span>
                </th>
              </tr>
              {entry.lines.map((line) => (
                <tr key={line.account}>
                  <td className="py-1 pr-4 pl-4">
                    <span className="tabular mr-2 text-muted">{line.account}</span>
                    {line.accountName}
                  </td>
                  <Sides line={line} currency={currency} />
                </tr>
              ))}
            </tbody>
          ))}
        </table>
      </div>
    </section>
  );
}
