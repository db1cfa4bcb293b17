import { Input } from '@/components/ui/Input';
import { Money } from '@/components/ui/Money';
import { t } from '@/i18n/t';
import { centsFault } from '@/lib/amount-words';
import type { DayMethod } from '@/types';
import type { Counted, Method, Typed } from './count';
import { COUNTED } from './count';
import { Difference } from './Difference';
import { HEAD, ROW, SUM, TABLE, TD, TD_NUMBER, TH, TH_NUMBER } from './table';

interface CountTableProps {
  methods: readonly DayMethod[];
  currency: string;
  /** What is typed; null shows what was counted, or nothing. */
  count: Counted | null;
  typed: Typed;
  showsFaults: boolean;
  onType: (method: Method, text: string) => void;
}

/** Expected, counted and the difference, live; the last row sums them. */
export function CountTable({ methods, currency, count, typed, showsFaults, onType }: CountTableProps) {
  const isClosed = methods.some((one) => one.countedCents !== null);
  const sum = (of: (one: DayMethod) => number): number => methods.reduce((all, one) => all + of(one), 0);
  const countedOf = ({ method, countedCents, expectedCents }: DayMethod): number | null =>
    count ? (count.amounts[method] ?? (expectedCents === 0 && !count.faults[method] ? 0 : null)) : countedCents;
  const counted = methods.map(countedOf);
  const isWhole = counted.every((cents) => cents !== null);
  const all = isWhole ? counted.reduce((total: number, cents) => total + (cents ?? 0), 0) : null;
  const amount = (cents: number) => <Money cents={cents} currency={currency} />;

  return (
    <div className="overflow-x-auto">
      <table className={TABLE} aria-label={t('day.table')}>
        <thead className={HEAD}>
          <tr>
            <th scope="col" className={TH}>
              {t('day.column.method')}
            </th>
            <th scope="col" className={`${TH_NUMBER} max-sm:hidden`}>
              {t('day.column.received')}
            </th>
            <th scope="col" className={`${TH_NUMBER} max-sm:hidden`}>
              {t('day.column.returned')}
            </th>
            <th scope="col" className={TH_NUMBER}>
              {t('day.column.expected')}
            </th>
            {count || isClosed ? (
              <>
                <th scope="col" className={TH_NUMBER}>
                  {t('day.column.counted')}
                </th>
                <th scope="col" className={`${TH_NUMBER} max-sm:whitespace-normal`}>
                  {t('day.column.difference')}
                </th>
              </>
            ) : null}
          </tr>
        </thead>
        <tbody>
          {methods.map((one, index) => (
            <tr key={one.method} className={ROW}>
              <th scope="row" className={`${TD} text-left font-medium`}>
                {t(`books.method.${one.method}`)}
              </th>
              <td className={`${TD_NUMBER} max-sm:hidden`}>{amount(one.receivedCents)}</td>
              <td className={`${TD_NUMBER} max-sm:hidden`}>{amount(one.returnedCents)}</td>
              <td className={TD_NUMBER}>{amount(one.expectedCents)}</td>
              {count ? (
                <>
                  <td className={TD_NUMBER}>
                    <CountField one={one} text={typed[one.method] ?? ''} fault={showsFaults || typed[one.method] ? count.faults[one.method] : undefined} onType={onType} />
                  </td>
                  <td className={`${TD_NUMBER} max-sm:whitespace-normal`}>
                    {/* Nothing expected and nothing typed is nothing to say. */}
                    {one.expectedCents === 0 && !typed[one.method]?.trim() ? null : <Difference cents={difference(counted[index], one)} currency={currency} />}
                  </td>
                </>
              ) : one.countedCents === null ? null : (
                <>
                  <td className={TD_NUMBER}>{amount(one.countedCents)}</td>
                  <td className={`${TD_NUMBER} max-sm:whitespace-normal`}>
                    <Difference cents={one.differenceCents} currency={currency} />
                  </td>
                </>
              )}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr className={SUM}>
            <th scope="row" className={`${TD} text-left font-semibold`}>
              {t('day.total')}
            </th>
            <td className={`${TD_NUMBER} max-sm:hidden`}>{amount(sum((one) => one.receivedCents))}</td>
            <td className={`${TD_NUMBER} max-sm:hidden`}>{amount(sum((one) => one.returnedCents))}</td>
            <td className={TD_NUMBER}>{amount(sum((one) => one.expectedCents))}</td>
            {count || isClosed ? (
              <>
                <td className={TD_NUMBER}>{all === null ? null : amount(all)}</td>
                <td className={`${TD_NUMBER} max-sm:whitespace-normal`} aria-live="polite">
                  <Difference cents={all === null ? null : all - sum((one) => one.expectedCents)} currency={currency} />
                </td>
              </>
            ) : null}
          </tr>
        </tfoot>
      </table>
    </div>
  );
}

function difference(counted: number | null | undefined, { expectedCents }: DayMethod): number | null {
  return counted === null || counted === undefined ? null : counted - expectedCents;
}

interface CountFieldProps {
  one: DayMethod;
  text: string;
  fault: 'need' | 'bad' | undefined;
  onType: (method: Method, text: string) => void;
}

function CountField({ one, text, fault, onType }: CountFieldProps) {
  const words = fault ? (fault === 'need' ? t('day.count.need') : centsFault(text, COUNTED)) : null;
  const id = `counted-${one.method}`;
  return (
    <span className="inline-flex flex-col items-end gap-1">
      <Input
        id={id}
        inputMode="decimal"
        autoComplete="off"
        className="w-20! px-2! text-right tabular sm:w-32! sm:px-3!"
        aria-label={t('day.counted', { method: t(`books.method.${one.method}`) })}
        aria-invalid={fault ? true : undefined}
        aria-describedby={words ? `${id}-fault` : undefined}
        value={text}
        onChange={(event) => onType(one.method, event.target.value)}
        onFocus={(event) => event.target.select()}
        onKeyDown={(event) => {
          // Down the column like on an adding machine; the last one leads to the note.
          if (event.key !== 'Enter' || event.ctrlKey || event.metaKey) return;
          event.preventDefault();
          const fields = [...(event.currentTarget.form?.querySelectorAll<HTMLElement>('input:not([type="checkbox"]), textarea') ?? [])];
          fields[fields.indexOf(event.currentTarget) + 1]?.focus();
        }}
      />
      {words ? (
        <span id={`${id}-fault`} className="max-w-40 text-xs font-medium whitespace-normal text-danger">
          {words}
        </span>
      ) : null}
    </span>
  );
}
