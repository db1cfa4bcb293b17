/** How the tables of the books look: figures at the right, under each other. */
export const TABLE = 'w-full border-collapse';
export const HEAD = 'text-xs text-muted';
export const TH = 'py-2 pr-1 sm:pr-4 text-left font-medium last:pr-0';
export const TH_NUMBER = 'py-2 pr-1 sm:pr-4 text-right font-medium last:pr-0';
export const TD = 'py-2 pr-1 sm:pr-4 align-baseline last:pr-0';
export const TD_NUMBER = 'tabular py-2 pr-1 sm:pr-4 text-right align-baseline whitespace-nowrap last:pr-0';
export const ROW = 'border-t border-line';
export const SUM = 'border-t-2 border-line-strong font-semibold';
