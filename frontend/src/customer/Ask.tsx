import { MessageCircleQuestion } from 'lucide-react';
import { useId, useRef, useState } from 'react';
import { TextArea } from '@/components/ui/Input';
import { Refusal, send, type Job, type VisitPage } from './api';
import { Act, Note } from './parts';
import { say, whenText } from './say';

interface AskProps {
  job: Job;
  canAsk: boolean;
  zone: string;
  show: (page: VisitPage) => void;
}

/** Questions about a job with the shop's answers, and the place for the next one. */
export function Ask({ job, canAsk, zone, show }: AskProps) {
  const id = useId();
  const [words, setWords] = useState<string | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const [isSending, setIsSending] = useState(false);
  const key = useRef<string | null>(null);

  const submit = async (): Promise<void> => {
    if (!words?.trim()) {
      setFault(say('visit.ask.missing'));
      return;
    }
    setIsSending(true);
    setFault(null);
    key.current ??= crypto.randomUUID();
    try {
      show(await send<VisitPage>('questions', { jobId: job.id, words: words.trim() }, key.current));
      key.current = null;
      setWords(null);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      setFault(error.message || say('visit.offline.detail'));
    } finally {
      setIsSending(false);
    }
  };

  return (
    <>
      {job.talk.length ? (
        <ol role="list" className="flex flex-col gap-2">
          {job.talk.map((one, index) => (
            <li key={index} className={one.isOurs ? 'rounded-control bg-info-soft p-3 text-info' : 'rounded-control bg-sunken p-3'}>
              <p className="text-sm font-semibold">
                {say(one.isOurs ? 'visit.ask.shop' : 'visit.ask.you')}
                {' · '}
                {whenText(one.at, zone)}
              </p>
              <p className="whitespace-pre-line">{one.words}</p>
            </li>
          ))}
          {job.talk.at(-1)?.isOurs === false ? <li className="text-sm text-muted">{say('visit.ask.sent')}</li> : null}
        </ol>
      ) : null}
      {words !== null ? (
        <form
          className="flex flex-col gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            void submit();
          }}
        >
          <label htmlFor={id} className="font-medium">
            {say('visit.ask.words')}
          </label>
          <TextArea id={id} autoFocus maxLength={1000} className="text-base" value={words} aria-invalid={fault ? true : undefined} onChange={(event) => setWords(event.target.value)} />
          {fault ? <Note tone="danger" isAlert>{fault}</Note> : null}
          <div className="grid grid-cols-2 gap-3">
            <Act onClick={() => setWords(null)}>{say('visit.ask.cancel')}</Act>
            <Act type="submit" tone="primary" disabled={isSending}>
              {say(isSending ? 'visit.ask.sending' : 'visit.ask.send')}
            </Act>
          </div>
        </form>
      ) : canAsk ? (
        <button
          type="button"
          className="flex min-h-11 items-center gap-2 self-start font-medium text-primary underline underline-offset-4"
          aria-label={say('visit.ask.name', { name: job.name })}
          onClick={() => setWords('')}
        >
          <MessageCircleQuestion aria-hidden size={18} />
          {say('visit.ask')}
        </button>
      ) : null}
    </>
  );
}
