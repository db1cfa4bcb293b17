import { t, wordFor } from '@/i18n/t';

/** The zones of the shop's country, from east to west; a customer may live in any other. */
export const HOME_ZONES = [
  'America/Puerto_Rico',
  'America/New_York',
  'America/Chicago',
  'America/Denver',
  'America/Phoenix',
  'America/Los_Angeles',
  'America/Anchorage',
  'Pacific/Honolulu',
] as const;

/** A zone as people call it: `Eastern time`; others by their city. */
export function zoneWords(zone: string): string {
  return wordFor(`zone.${zone}`) ?? t('zone.other', { city: zone.slice(zone.lastIndexOf('/') + 1).replaceAll('_', ' ') });
}
