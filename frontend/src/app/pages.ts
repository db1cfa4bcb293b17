import type { LucideIcon } from 'lucide-react';
import { CalendarRange, Kanban, UserCog, Users } from 'lucide-react';
import type { WordKey } from '@/i18n/en';
import type { Permission } from '@/types';

interface PageEntry {
  path: string;
  word: WordKey;
  icon: LucideIcon;
  permission: Permission;
  /** Fetches the page's code; called early when its link is pointed at. */
  load: () => Promise<unknown>;
}

export const loadCalendar = () => import('@/admin/AdminCalendar');
export const loadCustomers = () => import('@/components/admin/Customers');
export const loadUsers = () => import('@/components/admin/Users');

/** The pages in the order of the menu. The first one that a person may see is their start page. */
export const PAGES: readonly PageEntry[] = [
  { path: '/board', word: 'nav.board', icon: Kanban, permission: 'board:view', load: () => Promise.resolve() },
  { path: '/calendar', word: 'nav.calendar', icon: CalendarRange, permission: 'board:view', load: loadCalendar },
  { path: '/customers', word: 'nav.customers', icon: Users, permission: 'customer:view', load: loadCustomers },
  { path: '/users', word: 'nav.people', icon: UserCog, permission: 'user:manage', load: loadUsers },
];

export function startPage(can: (permission: Permission) => boolean): string {
  return PAGES.find((page) => can(page.permission))?.path ?? '/nothing';
}
