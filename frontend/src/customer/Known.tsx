import { useId, useState } from 'react';
import { Input } from '@/components/ui/Input';
import { Refusal, send, type VisitPage } from './api';
import { Act, CallShop, Note, Panel } from './parts';
import { say } from './say';

interface KnownProps {
  page: VisitPage;
  why: string;
  show: (page: VisitPage) => void;
  /** The words of a button that asks first; without it the digits are asked at once. */
  opensBy?: string;
  onKnown?: () => void;
}

/** The last four digits of the customer's phone: who has them is known in this browser from then on. */
export function Known({ page, why, show, opensBy, onKnown }: KnownProps) {
  const id = useId();
  const [isAsking, setIsAsking] = useState(opensBy === undefined);
  const [digits, setDigits] = useState('');
  const [fault, setFault] = useState<string | null>(null);
  const [isEnded, setIsEnded] = useState(page.triesLeft === 0);
  const [isChecking, setIsChecking] = useState(false);

  const submit = async (): Promise<void> => {
    if (!/^\d{4}$/.test(digits)) {
      setFault(say('visit.known.missing'));
      return;
    }
    setIsChecking(true);
    setFault(null);
    try {
      const known = await send<VisitPage>('step-up', { digits });
      show(known);
      onKnown?.();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.code === 'step_up_ended') setIsEnded(true);
      else setFault(error.message || say('visit.offline.detail'));
      setDigits('');
    } finally {
      setIsChecking(false);
    }
  };

  if (!isAsking) return <Act onClick={() => setIsAsking(true)}>{opensBy}</Act>;
  return (
    <Panel title={say('visit.known.title')}>
      {isEnded ? (
        <>
          <Note tone="warning" isAlert>
            {say('visit.known.ended')}
          </Note>
          <CallShop shop={page.shop} isBig />
        </>
      ) : (
        <form
          className="flex flex-col gap-3"
          onSubmit={(event) => {
            event.preventDefault();
            event.stopPropagation();
            void submit();
          }}
        >
          <p>{why}</p>
          <label htmlFor={id} className="font-medium">
            {say('visit.known.digits')}
          </label>
          <Input
            id={id}
            autoFocus
            inputMode="numeric"
            autoComplete="off"
            maxLength={4}
            className="h-14 text-center text-xl tracking-[0.5em]"
            value={digits}
            aria-invalid={fault ? true : undefined}
            onChange={(event) => setDigits(event.target.value.replace(/\D/g, ''))}
          />
          {fault ? (
            <Note tone="danger" isAlert>
              {fault}
            </Note>
          ) : null}
          <Act type="submit" tone="primary" disabled={isChecking}>
            {say(isChecking ? 'visit.known.checking' : 'visit.known.submit')}
          </Act>
        </form>
      )}
    </Panel>
  );
}
