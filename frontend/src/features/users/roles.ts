/** The permission matrix in an order that people read: by what it is about. */
import '@/i18n/late/people';
import { hasWord, t } from '@/i18n/t';
import type { PermissionMatrix } from '@/types';

type Row = PermissionMatrix['permissions'][number];
export interface Group {
  key: string;
  title: string;
  rows: Row[];
}

/** The first word of a permission, and the group where people look for it. */
const GROUP_OF: Record<string, string> = {
  board: 'board',
  appointment: 'appointment',
  customer: 'customer',
  service: 'service',
  catalog: 'service',
  message: 'message',
  inspection: 'inspection',
  money: 'payment',
  payment: 'payment',
  report: 'payment',
  user: 'user',
  settings: 'user',
  audit: 'user',
};
const ORDER = ['board', 'appointment', 'customer', 'service', 'message', 'inspection', 'payment', 'user', 'other'] as const;

/** Every permission in exactly one group; those of a kind unknown here come last, none is hidden. */
export function groupPermissions(rows: readonly Row[]): Group[] {
  return ORDER.map((key) => ({
    key,
    title: t(`roles.group.${key}`),
    rows: rows.filter((row) => (GROUP_OF[row.key.split(':')[0] ?? ''] ?? 'other') === key),
  })).filter((group) => group.rows.length > 0);
}

/** What a permission allows, in our words; the server's where the catalogue has none. */
export function permissionWords(row: Row): string {
  const key = `permission.${row.key}`;
  return hasWord(key) ? t(key) : row.description;
}
