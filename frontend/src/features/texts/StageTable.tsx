import { useQuery } from '@tanstack/react-query';
import { clsx } from 'clsx';
import { ApiError } from '@/api';
import { ErrorState } from '@/components/ui/ErrorState';
import { Select } from '@/components/ui/Select';
import { SkeletonLines } from '@/components/ui/Skeleton';
import { toast } from '@/components/ui/toast-store';
import { useShopLocation } from '@/contexts/LocationContext';
import '@/i18n/late/messages';
import '@/i18n/late/texts';
import { t } from '@/i18n/t';
import { templatesOf } from '@/lib/data/templates';
import { errorWords } from '@/lib/error-words';
import type { MessageTemplate, NoticeRule, NoticeRuleChange } from '@/types';
import { useChangeRule } from './mutations';
import { LOUDNESSES, textQueries } from './queries';

const triggerWords = (trigger: NoticeRule['trigger']): string => t(`trigger.${trigger}`);

/** What the location sends by itself at each stage: loud, ask or quiet, and from which template. Each choice saves at once. */
export function StageTable() {
  const { location } = useShopLocation();
  const rules = useQuery(textQueries.rules(location.id));
  const templates = useQuery(templatesOf(location.id));
  const change = useChangeRule();
  const error = rules.error ?? templates.error;

  const save = (rule: NoticeRuleChange): void => {
    const trigger = triggerWords(rule.trigger);
    change.mutate(rule, {
      onSuccess: () => toast({ key: 'stages', tone: 'success', title: t('stages.saved', { trigger, loudness: t(`loudness.${rule.loudness}`) }) }),
      onError: (failure) => {
        const isConflict = failure instanceof ApiError && failure.status === 409 && failure.extra('rule') !== undefined;
        toast({
          tone: 'error',
          title: t('stages.failed', { trigger }),
          detail: isConflict ? t('stages.conflict', { trigger }) : errorWords(failure),
        });
      },
    });
  };

  return (
    <div className="min-h-0 flex-1 overflow-y-auto bg-surface px-4 py-4 sm:px-6">
      <p className="mb-2 text-muted">{t('stages.lead', { location: location.name })}</p>
      <dl className="mb-4 grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-1">
        {LOUDNESSES.map((one) => (
          <div key={one} className="contents">
            <dt className="font-medium">{t(`loudness.${one}`)}</dt>
            <dd className="text-muted">{t(`loudness.${one}.explained`)}</dd>
          </div>
        ))}
      </dl>
      {rules.data && templates.data ? (
        <table className="w-full max-w-5xl border-collapse" aria-label={t('stages.list')}>
          <thead className="text-left text-xs text-muted max-sm:sr-only">
            <tr>
              <th scope="col" className="py-2 pr-4 font-medium">
                {t('stages.column.trigger')}
              </th>
              <th scope="col" className="py-2 pr-4 font-medium">
                {t('stages.column.loudness')}
              </th>
              <th scope="col" className="py-2 font-medium">
                {t('stages.column.template')}
              </th>
            </tr>
          </thead>
          <tbody>
            {rules.data.map((rule) => (
              <StageRow key={rule.trigger} rule={rule} locationId={location.id} templates={templates.data} isPending={change.isPending} onSave={save} />
            ))}
          </tbody>
        </table>
      ) : error ? (
        <ErrorState error={error} onRetry={() => void (rules.error ? rules.refetch() : templates.refetch())} />
      ) : (
        <SkeletonLines lines={9} label={t('stages.loading')} />
      )}
    </div>
  );
}

interface StageRowProps {
  rule: NoticeRule;
  locationId: string;
  templates: readonly MessageTemplate[];
  isPending: boolean;
  onSave: (rule: NoticeRuleChange) => void;
}

function StageRow({ rule, locationId, templates, isPending, onSave }: StageRowProps) {
  const trigger = triggerWords(rule.trigger);
  const texts = templates.filter((one) => one.purpose === 'informational');
  const wish = (changes: Partial<NoticeRuleChange>): NoticeRuleChange => ({
    locationId,
    trigger: rule.trigger,
    loudness: rule.loudness,
    templateId: rule.templateId,
    version: rule.version,
    ...changes,
  });
  return (
    <tr data-trigger={rule.trigger} className="border-t border-line max-sm:flex max-sm:flex-col max-sm:gap-2 max-sm:py-3">
      <th scope="row" className="py-2.5 pr-4 text-left font-medium max-sm:py-0">
        {trigger}
      </th>
      <td className="py-2.5 pr-4 max-sm:py-0">
        <div role="group" aria-label={t('stages.loudness', { trigger })} className="inline-flex rounded-control border border-line p-0.5">
          {LOUDNESSES.map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={rule.loudness === one}
              title={t(`loudness.${one}.detail`)}
              disabled={isPending}
              onClick={() => {
                if (one === rule.loudness) return;
                // What is said needs words to say.
                if (one !== 'quiet' && !rule.templateId) toast({ key: 'stages', tone: 'info', title: t('stages.template.need') });
                else onSave(wish({ loudness: one }));
              }}
              className={clsx(
                'h-7.5 rounded-[6px] px-3 font-medium pointer-coarse:h-11 pointer-coarse:min-w-11',
                rule.loudness === one ? 'bg-info-soft text-info' : 'text-muted hover:text-ink',
              )}
            >
              {t(`loudness.${one}`)}
            </button>
          ))}
        </div>
      </td>
      <td className="py-2.5 max-sm:py-0">
        <Select
          aria-label={t('stages.template', { trigger })}
          value={rule.templateId ?? ''}
          disabled={isPending}
          onChange={(event) => {
            const templateId = event.target.value || null;
            onSave(wish({ templateId, ...(templateId ? {} : { loudness: 'quiet' }) }));
          }}
        >
          <option value="">{t('stages.template.none')}</option>
          {texts.map((one) => (
            <option key={one.id} value={one.id}>
              {[one.name, one.channel === 'email' ? t('messages.channel.email') : ''].filter(Boolean).join(' · ')}
            </option>
          ))}
        </Select>
      </td>
    </tr>
  );
}
