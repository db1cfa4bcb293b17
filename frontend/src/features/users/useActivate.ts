import { toast } from '@/components/ui/toast-store';
import '@/i18n/late/people';
import { t } from '@/i18n/t';
import { errorWords } from '@/lib/error-words';
import type { Person } from '@/types';
import { useSwitchOn } from './mutations';

/** Lets somebody sign in again. It takes nothing from anybody, so nobody is asked first. */
export function useActivate(): (person: Person) => void {
  const switchOn = useSwitchOn();
  return (person) =>
    switchOn.mutate(person, {
      onSuccess: () => toast({ tone: 'success', title: t('user.activated', { name: person.name }) }),
      onError: (error) => toast({ tone: 'error', title: errorWords(error) }),
    });
}
