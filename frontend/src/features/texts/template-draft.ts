import type { MessageTemplate } from '@/types';
import type { NewTemplate, TemplateChange, TemplateField } from './mutations';
import { TEMPLATE_FIELDS } from './mutations';

export type TemplateDraft = NewTemplate & { subject: string };

export function draftOf(template: MessageTemplate | null, locationId: string | null): TemplateDraft {
  if (!template) return { locationId, name: '', category: 'general', channel: 'sms', purpose: 'informational', subject: '', body: '' };
  const { name, category, channel, purpose, subject, body } = template;
  return { locationId: template.locationId, name, category, channel, purpose, subject: subject ?? '', body };
}

const valueOf = (draft: TemplateDraft, field: TemplateField): string | null =>
  field === 'subject' ? (draft.channel === 'email' ? draft.subject.trim() : null) : draft[field];

/** What was changed; nothing of what stands as it was. */
export function changeOf(draft: TemplateDraft, before: MessageTemplate): TemplateChange {
  return Object.fromEntries(
    TEMPLATE_FIELDS.filter((field) => valueOf(draft, field) !== before[field]).map((field) => [field, valueOf(draft, field)]),
  );
}

export function newTemplateOf(draft: TemplateDraft): NewTemplate {
  return { ...draft, name: draft.name.trim(), subject: valueOf(draft, 'subject') };
}

/** Puts `{name}` where the caret is, or in place of what is marked; returns the text and the caret behind it. */
export function insertVariable(body: string, name: string, start: number, end: number): { body: string; caret: number } {
  const piece = `{${name}}`;
  return { body: body.slice(0, start) + piece + body.slice(end), caret: start + piece.length };
}
