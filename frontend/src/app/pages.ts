import type { LucideIcon } from 'lucide-react';
import { BookOpenText, Calculator, CalendarRange, ChartColumn, ClipboardCheck, HardHat, Kanban, MessageSquareText, MessagesSquare, MonitorCog, ScrollText, ToggleLeft, UserCog, Users } from 'lucide-react';
import type { WordKey } from '@/i18n/en';
import type { Flags, Permission } from '@/types';

export interface PageEntry {
  path: string;
  word: WordKey;
  icon: LucideIcon;
  permission: Permission;
  /** Who may do this as well does other work, and has the page in their own menu. */
  unless?: Permission;
  /** The tablet's page, which is another document than this one. */
  isTablet?: boolean;
  /** The feature that it belongs to; without it the page is not there. */
  flag?: keyof Flags;
  /** It has a way in from another page, where a phone's menu has no room for it. */
  isMinor?: boolean;
  /** Fetches the page's code; called early when its link is pointed at. */
  load: () => Promise<unknown>;
}

export const loadCalendar = () => import('@/admin/AdminCalendar');
export const loadInbox = () => import('@/components/admin/Inbox');
export const loadBooks = () => import('@/components/admin/Books');
export const loadCatalog = () => import('@/components/admin/Catalog');
export const loadInspections = () => import('@/components/admin/InspectionTemplates');
export const loadTexts = () => import('@/components/admin/Texts');
export const loadCustomers = () => import('@/components/admin/Customers');
export const loadSwitches = () => import('@/components/admin/Switches');
export const loadAudit = () => import('@/components/admin/Audit');
export const loadNumbers = () => import('@/components/admin/Numbers');
export const loadDevices = () => import('@/components/admin/Devices');
export const loadUsers = () => import('@/components/admin/Users');

/** The pages in the order of the menu. The first one that a person may see is their start page; the tablet's only under a finger. */
export const PAGES: readonly PageEntry[] = [
  { path: '/tech', word: 'nav.work', icon: HardHat, permission: 'inspection:fill', unless: 'appointment:edit', isTablet: true, flag: 'inspections', load: () => Promise.resolve() },
  { path: '/board', word: 'nav.board', icon: Kanban, permission: 'board:view', load: () => Promise.resolve() },
  { path: '/calendar', word: 'nav.calendar', icon: CalendarRange, permission: 'board:view', load: loadCalendar },
  { path: '/inbox', word: 'nav.inbox', icon: MessagesSquare, permission: 'message:view', flag: 'messaging', load: loadInbox },
  { path: '/books', word: 'nav.books', icon: Calculator, permission: 'report:view', flag: 'payments', load: loadBooks },
  { path: '/customers', word: 'nav.customers', icon: Users, permission: 'customer:view', load: loadCustomers },
  { path: '/numbers', word: 'nav.numbers', icon: ChartColumn, permission: 'report:view', isMinor: true, load: loadNumbers },
  { path: '/settings/texts', word: 'nav.texts', icon: MessageSquareText, permission: 'catalog:manage', flag: 'messaging', isMinor: true, load: loadTexts },
  { path: '/settings/catalog', word: 'nav.catalog', icon: BookOpenText, permission: 'catalog:manage', isMinor: true, load: loadCatalog },
  { path: '/settings/inspections', word: 'nav.inspections', icon: ClipboardCheck, permission: 'catalog:manage', flag: 'inspections', isMinor: true, load: loadInspections },
  { path: '/settings/switches', word: 'nav.switches', icon: ToggleLeft, permission: 'settings:manage', isMinor: true, load: loadSwitches },
  { path: '/audit', word: 'nav.audit', icon: ScrollText, permission: 'audit:view', isMinor: true, load: loadAudit },
  { path: '/settings/devices', word: 'nav.devices', icon: MonitorCog, permission: 'settings:manage', isMinor: true, load: loadDevices },
  { path: '/users', word: 'nav.people', icon: UserCog, permission: 'user:manage', isMinor: true, load: loadUsers },
];

/** The pages that a person may see in a shop that uses these features. */
export function pagesFor(can: (permission: Permission) => boolean, flags: Flags): readonly PageEntry[] {
  return PAGES.filter((page) => can(page.permission) && !(page.unless && can(page.unless)) && (page.flag === undefined || flags[page.flag]));
}

/** Where a person begins in this document. */
export function startPage(can: (permission: Permission) => boolean, flags: Flags): string {
  return pagesFor(can, flags).find((page) => !page.isTablet)?.path ?? '/nothing';
}

/** Whether a person's work is done at the car: under a finger they begin at the tablet's page. */
export function worksOnTablet(can: (permission: Permission) => boolean, flags: Flags): boolean {
  return pagesFor(can, flags).some((page) => page.isTablet);
}
