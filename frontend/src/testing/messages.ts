import type { Message, MessagePreview, MessageTemplate, Verdict } from '@/types';

/** A text for tests; only what matters needs to be said. */
export function makeMessage(changes: Partial<Message> = {}): Message {
  return {
    id: 'm1',
    direction: 'out',
    channel: 'sms',
    status: 'sent',
    body: 'Your car is ready.',
    subject: null,
    segments: 1,
    createdAt: '2026-11-20T14:00:00Z',
    by: 'Sam Rivera',
    origin: 'staff',
    trigger: null,
    messageClass: 'conversation',
    reason: null,
    errorCode: null,
    dueAt: null,
    sendingSince: null,
    sentAt: '2026-11-20T14:00:01Z',
    deliveredAt: null,
    readAt: null,
    templateId: null,
    overrideReason: null,
    overriddenBy: null,
    canRetry: false,
    canCancel: false,
    ...changes,
  };
}

export function makeVerdict(changes: Partial<Verdict> = {}): Verdict {
  return { kind: 'now', reason: null, until: null, zone: null, detail: {}, canOverride: false, ...changes };
}

export function makePreview(text: string, changes: Partial<MessagePreview> = {}): MessagePreview {
  return {
    text,
    subject: null,
    encoding: 'gsm7',
    characters: text.length,
    segments: 1,
    footer: false,
    replaced: [],
    missing: [],
    findings: [],
    messageClass: 'conversation',
    verdict: makeVerdict(),
    ...changes,
  };
}

export function makeTemplate(changes: Partial<MessageTemplate> = {}): MessageTemplate {
  return {
    id: 't1',
    locationId: null,
    name: 'Ready for pick-up',
    category: 'status',
    channel: 'sms',
    purpose: 'informational',
    subject: null,
    body: 'Hi {customer_first_name|there}, your {vehicle} is ready.',
    version: 1,
    useCount: 0,
    lastUsedAt: null,
    createdAt: '2026-11-01T14:00:00Z',
    updatedAt: '2026-11-01T14:00:00Z',
    ...changes,
  };
}
