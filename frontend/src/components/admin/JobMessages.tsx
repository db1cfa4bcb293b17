import { useQuery } from '@tanstack/react-query';
import { CalendarClock, Check } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/Button';
import { toast } from '@/components/ui/toast-store';
import { useAppointmentActions } from '@/contexts/AppointmentContext';
import { useCan, useSession } from '@/contexts/SessionContext';
import { ConsentLine } from '@/features/messages/ConsentLine';
import { Conversation } from '@/features/messages/Conversation';
import { fieldPlace } from '@/features/messages/fields';
import { inboxQueries } from '@/features/messages/inbox/queries';
import { useFinishJob } from '@/features/messages/mutations';
import { PlannedTexts } from '@/features/messages/PlannedTexts';
import { useTellAnswering, useToldAnswering, whoAnswers } from '@/features/messages/useAnswering';
import '@/i18n/late/consent';
import '@/i18n/late/messages';
import { t } from '@/i18n/t';
import { errorWords } from '@/lib/error-words';
import { useLive } from '@/lib/events';
import { useNow } from '@/lib/now';
import type { DrawerData } from '@/types';

/** The drawer's tab of texts: the thread with this customer about this job, who answers it, and what the job sends by itself. */
export function JobMessages({ data }: { data: DrawerData }) {
  const { appointment, customer } = data;
  const { setTab } = useAppointmentActions();
  const myId = useSession().me.user.id;
  const maySend = useCan('message:send');
  const zone = appointment.location.timezone;
  const phone = customer?.phone ?? null;
  const [isPlanned, setPlanned] = useState(false);
  const { data: conversation, refetch } = useQuery(inboxQueries.ofNumber(appointment.locationId, phone));
  const answering = whoAnswers(useToldAnswering(), conversation, myId, useNow());
  const [isWriting, setWriting] = useState(false);
  useTellAnswering(conversation?.id ?? null, isWriting);
  const finish = useFinishJob(appointment.id);
  const isUnread = appointment.unreadCount > 0 || (conversation?.unreadCount ?? 0) > 0;
  useLive('message', (event) => {
    // The first text of a number makes its conversation; each one changes what is unread.
    if (event.appointmentId === appointment.id || (conversation && event.conversationId === conversation.id)) void refetch();
  });

  return (
    <div className="absolute inset-0 flex flex-col">
      <Conversation
        place={{ kind: 'job', id: appointment.id }}
        locationId={appointment.locationId}
        zone={zone}
        phone={phone}
        isMine={(event) => event.appointmentId === appointment.id}
        bar={
          <>
            {phone ? <ConsentLine phone={phone} zone={zone} mayRecord={maySend} /> : <span className="px-1.5 text-xs text-muted">{t('consent.none')}</span>}
            <span className="ml-auto flex items-center gap-1">
              {maySend && isUnread ? (
                <Button
                  size="sm"
                  icon={<Check size={16} aria-hidden />}
                  disabled={finish.isPending}
                  onClick={() =>
                    finish.mutate(conversation?.id ?? null, {
                      onSuccess: () => toast({ tone: 'success', title: t('messages.finished') }),
                      onError: (error) => toast({ tone: 'error', title: t('messages.act.failed'), detail: errorWords(error) }),
                    })
                  }
                >
                  {t('messages.finish')}
                </Button>
              ) : null}
              <Button size="sm" tone="ghost" icon={<CalendarClock size={16} aria-hidden />} onClick={() => setPlanned(true)}>
                {t('planned.open')}
              </Button>
            </span>
          </>
        }
        answering={answering}
        onWriting={setWriting}
        onFill={(field) => setTab(fieldPlace(field).tab)}
        onSent={() => undefined}
      />
      {isPlanned ? <PlannedTexts appointmentId={appointment.id} zone={zone} onClose={() => setPlanned(false)} /> : null}
    </div>
  );
}
