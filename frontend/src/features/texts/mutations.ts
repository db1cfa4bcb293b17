import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '@/api';
import { templateKeys } from '@/lib/query-keys';
import type { MessageTemplate, NoticeRule, NoticeRuleChange } from '@/types';

export const TEMPLATE_FIELDS = ['name', 'category', 'purpose', 'subject', 'body'] as const;
export type TemplateField = (typeof TEMPLATE_FIELDS)[number];
export type TemplateChange = Partial<Pick<MessageTemplate, TemplateField>>;
export type NewTemplate = Pick<MessageTemplate, TemplateField | 'channel' | 'locationId'>;

function useRenew(): () => void {
  const client = useQueryClient();
  return () => void client.invalidateQueries({ queryKey: templateKeys.all });
}

export function useCreateTemplate() {
  const renew = useRenew();
  return useMutation({
    mutationFn: ({ template, idempotencyKey }: { template: NewTemplate; idempotencyKey: string }) =>
      api.post<MessageTemplate>('/api/message-templates', { body: template, idempotencyKey }),
    onSuccess: renew,
  });
}

/** Saves what was changed against the version that the editor saw; what others changed in other fields stays. */
export function useChangeTemplate(id: string) {
  const renew = useRenew();
  return useMutation({
    mutationFn: ({ change, version }: { change: TemplateChange; version: number }) =>
      api.patch<MessageTemplate>(`/api/message-templates/${id}`, { body: { ...change, version } }),
    onSettled: renew,
  });
}

export function useDeleteTemplate() {
  const renew = useRenew();
  return useMutation({
    mutationFn: ({ id, version }: MessageTemplate) => api.delete(`/api/message-templates/${id}`, { ifMatch: version }),
    onSettled: renew,
  });
}

export function useChangeRule() {
  const renew = useRenew();
  return useMutation({
    mutationFn: (rule: NoticeRuleChange) => api.put<NoticeRule>('/api/notice-rules', { body: rule }),
    onSettled: renew,
  });
}
