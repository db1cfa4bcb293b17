import { useAppointmentActions } from '@/contexts/AppointmentContext';
import { useVisitAccess } from '@/contexts/SessionContext';
import '@/i18n/late/numbers';
import { t, wordFor } from '@/i18n/t';
import { STATUS, STATUSES } from '@/lib/status';
import { formatPlainDay } from '@/lib/time';
import type { Figure, FigureRow } from '@/types';
import { figureName } from './FigureTile';
import { exactText, weightText } from './figure-words';

interface FigureRowListProps {
  figure: Figure;
  items: readonly FigureRow[];
  today: string;
  currency: string;
  /** A row opened its job. */
  onOpened: () => void;
}

const CELL = 'border-t border-line px-2 py-2 align-top first:pl-5 last:pr-5';

/** The rows of a figure under their sum. */
export function FigureRowList({ figure, items, today, currency, onOpened }: FigureRowListProps) {
  const { formula } = figure;
  const weightUnit = formula.weightUnit;
  return (
    <table className="w-full border-collapse">
      <caption className="sr-only">{t('numbers.sheet.rows', { name: figureName(formula.key) })}</caption>
      <thead className="text-left text-xs text-muted">
        <tr>
          <th scope="col" className="px-2 py-1 pl-5 font-medium max-sm:hidden">
            {t('numbers.sheet.day')}
          </th>
          <th scope="col" className="px-2 py-1 font-medium max-sm:pl-5">
            {t('numbers.sheet.who')}
          </th>
          <th scope="col" className="px-2 py-1 text-right font-medium last:pr-5">
            {t('numbers.sheet.adds')}
          </th>
          {weightUnit === null ? null : (
            <th scope="col" className="px-2 py-1 pr-5 text-right font-medium">
              {t('numbers.sheet.counts')}
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        <tr className="bg-sunken font-semibold">
          <td className={`${CELL} max-sm:hidden`} />
          <th scope="row" className={`${CELL} text-left max-sm:pl-5`}>
            {t('numbers.sheet.sum', { count: figure.count })}
          </th>
          <td className={`${CELL} tabular text-right whitespace-nowrap`}>{exactText(figure.numerator, formula.rowUnit, currency)}</td>
          {weightUnit === null ? null : (
            <td className={`${CELL} tabular text-right whitespace-nowrap`}>{weightText(figure.denominator, formula, currency)}</td>
          )}
        </tr>
        {items.map((row, index) => (
          // Somebody who works at two locations has two rows of a day.
          <tr key={`${row.day} ${row.id} ${row.kind} ${index}`} className="hover:bg-hover">
            <td className={`${CELL} whitespace-nowrap text-muted max-sm:hidden`}>{formatPlainDay(row.day, today)}</td>
            <td className={`${CELL} max-sm:pl-5`}>
              <span className="block text-xs text-muted sm:hidden">{formatPlainDay(row.day, today)}</span>
              <What row={row} onOpened={onOpened} />
            </td>
            <td className={`${CELL} tabular text-right whitespace-nowrap`}>{exactText(row.value, formula.rowUnit, currency)}</td>
            {weightUnit === null ? null : (
              <td className={`${CELL} tabular text-right whitespace-nowrap`}>{weightText(row.weight, formula, currency)}</td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function What({ row, onOpened }: { row: FigureRow; onOpened: () => void }) {
  const access = useVisitAccess();
  const { open } = useAppointmentActions();
  const status = STATUSES.find((one) => one === row.kind);
  const kind = status ? t(STATUS[status].word) : wordFor(`numbers.kind.${row.kind}`);
  const details = [
    row.number === null ? null : t('numbers.sheet.job', { number: String(row.number) }),
    row.reference === null ? null : t('numbers.sheet.invoice', { number: String(row.reference) }),
    kind,
    row.techName === row.who ? null : row.techName,
  ];
  const id = row.appointmentId;
  const who = row.who ?? '';
  return (
    <>
      {id !== null && access !== null ? (
        <button
          type="button"
          className="text-left font-medium underline decoration-line-strong underline-offset-2 hover:decoration-current pointer-coarse:min-h-11"
          onClick={() => {
            onOpened();
            open(id);
          }}
        >
          {who}
        </button>
      ) : (
        <span className="font-medium">{who}</span>
      )}
      <span className="block text-xs text-muted">{details.filter(Boolean).join(' · ')}</span>
    </>
  );
}
