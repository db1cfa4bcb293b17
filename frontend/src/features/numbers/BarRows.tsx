import { clsx } from 'clsx';

export interface BarRow {
  key: string;
  name: string;
  /** What the bar says, in words. */
  value: string;
  amount: number;
  /** What the amount is a part of, drawn behind it. */
  whole?: number;
  fill?: string;
}

/** Bars in a table: whoever does not see them reads the same rows. */
export function BarRows({ caption, head, rows }: { caption: string; head: [name: string, value: string]; rows: readonly BarRow[] }) {
  const most = Math.max(1, ...rows.map((row) => Math.max(row.amount, row.whole ?? 0)));
  const width = (amount: number): string => `${(100 * Math.max(0, amount)) / most}%`;
  return (
    <table className="w-full border-collapse">
      <caption className="sr-only">{caption}</caption>
      <thead className="sr-only">
        <tr>
          <th scope="col">{head[0]}</th>
          <th scope="col">{head[1]}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.key}>
            <th scope="row" className="w-1/3 max-w-36 py-1.5 pr-3 text-left font-normal [overflow-wrap:anywhere]">
              {row.name}
            </th>
            <td className="py-1.5">
              <span aria-hidden className="relative block h-3 overflow-hidden rounded-chip bg-sunken">
                {row.whole === undefined ? null : (
                  <span className="absolute inset-y-0 left-0 rounded-chip bg-line" style={{ width: width(row.whole) }} />
                )}
                <span className={clsx('absolute inset-y-0 left-0 rounded-chip', row.fill ?? 'bg-primary')} style={{ width: width(row.amount) }} />
              </span>
              <span className="tabular block text-xs text-muted">{row.value}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
