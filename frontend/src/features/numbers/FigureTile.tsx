import { clsx } from 'clsx';
import { ArrowDown, ArrowUp, Equal } from 'lucide-react';
import type { ReactNode } from 'react';
import { useId } from 'react';
import '@/i18n/late/numbers';
import { t } from '@/i18n/t';
import type { WordKey } from '@/i18n/en';
import type { ComparedFigure } from '@/types';
import { changeOf, figureText } from './figure-words';

const SIGNS = { up: ArrowUp, down: ArrowDown, same: Equal };

/** How wide a character of a figure is at most, of the font's size: a number stays whole, whatever room its tile has. */
const WIDEST = 0.66;

export const figureName = (key: string): string => t(`numbers.figure.${key}` as WordKey);

interface FigureTileProps {
  figure: ComparedFigure;
  days: number;
  currency: string;
  /** On a phone it takes the whole row. */
  isWide?: boolean;
  onOpen: (key: string) => void;
  children?: ReactNode;
}

/** A figure that opens its own working; whether more is better, people know themselves. */
export function FigureTile({ figure, days, currency, isWide = false, onOpen, children }: FigureTileProps) {
  const id = useId();
  const { formula } = figure;
  const name = figureName(formula.key);
  const value = figureText(figure.value, formula.unit, currency);
  const change = changeOf(figure, days);
  const Sign = change?.direction ? SIGNS[change.direction] : null;
  return (
    <button
      type="button"
      onClick={() => onOpen(formula.key)}
      aria-label={t('numbers.open', { name, value })}
      aria-haspopup="dialog"
      aria-describedby={change ? id : undefined}
      className={clsx(
        isWide && 'max-sm:col-span-2',
        'flex min-w-0 flex-col items-start gap-1 rounded-panel border border-line bg-surface p-3 text-left shadow-card hover:border-line-strong hover:bg-hover sm:p-4',
      )}
    >
      <span className="text-muted">{name}</span>
      <span className="tabular @container block w-full text-xl font-semibold sm:text-2xl">
        <span className="block whitespace-nowrap" style={{ fontSize: `min(1em, calc(100cqi / ${value.length * WIDEST}))` }}>
          {value}
        </span>
      </span>
      {change ? (
        <span id={id} className="flex items-start gap-1 text-xs text-muted">
          {Sign ? <Sign size={14} aria-hidden className="mt-px shrink-0" /> : null}
          {change.words}
        </span>
      ) : null}
      {children}
    </button>
  );
}
