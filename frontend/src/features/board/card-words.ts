import { t } from '@/i18n/t';
import { daysBetween, formatDay, formatTime, formatWeekday, localDate } from '@/lib/time';
import type { BoardCard } from '@/types';

type Named = Pick<BoardCard, 'vehicle' | 'customerName' | 'plate' | 'number'>;

/** What a card is called first: the car, else its plate. */
export function vehicleName(card: Pick<BoardCard, 'vehicle' | 'plate'>): string {
  return card.vehicle || card.plate || t('card.noVehicle');
}

/** What people call the job when they speak of it: `2019 Toyota Corolla, Ana Reyes`. */
export function cardName(card: Named): string {
  if (!card.customerName) return card.vehicle || card.plate ? vehicleName(card) : t('card.number', { number: String(card.number) });
  if (!card.vehicle && !card.plate) return card.customerName;
  return t('card.name', { vehicle: vehicleName(card), customer: card.customerName });
}

/** Unpaid cents of finished or ready work; 0 when it may not be seen. */
export function dueCents(card: BoardCard): number {
  if (card.totalCents === undefined || (card.status !== 'READY' && card.status !== 'COMPLETED')) return 0;
  return Math.max(0, card.totalCents - (card.paidCents ?? 0));
}

/** The board's days, both included, and the location's day now. */
export interface ShownDays {
  from: string;
  to: string;
  today: string;
}

/** When a job is booked for: the time; on a board of other days the weekday as well; far from it the date. */
export function bookedWords(card: BoardCard, zone: string, { from, to, today }: ShownDays): string {
  const day = localDate(card.start, zone);
  const time = formatTime(card.start, zone);
  if (day === (from === to ? from : today)) return time;
  const isNear = day >= from ? day <= to : daysBetween(day, from) < 7;
  return isNear ? t('card.booked', { day: formatWeekday(day), time }) : formatDay(day);
}
