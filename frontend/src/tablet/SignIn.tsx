import { KeyRound, RefreshCw } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import '@/i18n/late/tablet';
import { t } from '@/i18n/t';
import { initials } from '@/lib/names';
import type { Person } from '@/offline/types';
import { bigClasses } from './big';
import type { People } from './enter';
import { readPeople } from './enter';
import { leaveFrames } from './Frame';
import { PairForm } from './PairForm';
import { PasswordForm } from './PasswordForm';
import { PinPad } from './PinPad';
import { useWork } from './work';

/** Asked again this often while the shop can't be reached. */
const AGAIN = 3_000;

/** Who works: a name and a PIN on the shop's tablet, a password anywhere. */
export function SignIn() {
  const { person, operations, others, status, connection, refusal, ownPage } = useWork();
  const [people, setPeople] = useState<People | null>(null);
  const [chosen, setChosen] = useState<Person | null>(status === 'in' ? person : null);
  /** Why the password is asked for; null while the PIN is. */
  const [password, setPassword] = useState<{ why: string | null } | null>(null);
  const [turn, setTurn] = useState(0);
  const again = (): void => setTurn((last) => last + 1);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (leaveFrames() && document.activeElement === document.body) heading.current?.focus();
  }, []);

  useEffect(() => {
    const controller = new AbortController();
    let timer: number | undefined;
    void readPeople(controller.signal).then((found) => {
      if (controller.signal.aborted) return;
      setPeople(found);
      if (found.state === 'offline') timer = window.setTimeout(again, AGAIN);
    });
    return () => {
      controller.abort();
      window.clearTimeout(timer);
    };
  }, [turn]);

  const waiting = new Map(others);
  if (person) waiting.set(person.id, operations.length);
  const sum = [...waiting.values()].reduce((total, one) => total + one, 0);
  return (
    <main className="flex min-h-0 flex-1 flex-col items-center gap-4 overflow-y-auto p-4">
      <header className="flex w-full max-w-3xl flex-wrap items-baseline gap-3">
        <h1 ref={heading} tabIndex={-1} className="flex-1 text-xl font-semibold">{t('tablet.in.title')}</h1>
        {sum > 0 ? <p className="rounded-chip bg-warning-soft px-2 text-base font-medium text-warning">{t('tablet.in.waiting', { count: sum })}</p> : null}
      </header>
      <div className="flex w-full max-w-3xl flex-col gap-4">
        {status === 'out' && connection === 'refused' && refusal ? (
          <div role="status" className="flex flex-wrap items-center gap-3 rounded-panel bg-info-soft p-4 text-info">
            <p className="min-w-0 flex-1 basis-64 text-base">{refusal}</p>
            <a href={ownPage} className={bigClasses('plain')}>
              {t('tablet.in.ownPage')}
            </a>
          </div>
        ) : null}
        {status === 'in' ? <p className="text-base">{t('tablet.in.ended')}</p> : null}
        {password ? (
          <PasswordForm why={password.why} onBack={() => setPassword(null)} />
        ) : (
          <>
            <ByPin people={people} waiting={waiting} chosen={chosen} onChoose={setChosen} onPaired={again} onLocked={(why) => setPassword({ why })} />
            <div className="flex flex-wrap gap-3">
              {people?.state === 'offline' ? (
                <button type="button" className={bigClasses('plain')} onClick={again}>
                  <RefreshCw aria-hidden size={20} />
                  {t('tablet.queue.sync')}
                </button>
              ) : null}
              <button type="button" className={bigClasses('plain')} onClick={() => setPassword({ why: null })}>
                <KeyRound aria-hidden size={20} />
                {t('tablet.in.password')}
              </button>
            </div>
          </>
        )}
      </div>
    </main>
  );
}

interface ByPinProps {
  people: People | null;
  /** How many changes of whom wait here. */
  waiting: ReadonlyMap<string, number>;
  chosen: Person | null;
  onChoose: (person: Person | null) => void;
  onPaired: () => void;
  /** Only the password helps, and why. */
  onLocked: (why: string) => void;
}

function ByPin({ people, waiting, chosen, onChoose, onPaired, onLocked }: ByPinProps) {
  if (people === null) return <p role="status">{t('tablet.loading')}</p>;
  if (people.state === 'offline') {
    return (
      <p role="status" className="rounded-panel bg-warning-soft p-4 text-lg text-warning">
        {t('tablet.in.offline')}
      </p>
    );
  }
  if (people.state === 'unpaired') return <PairForm onPaired={onPaired} />;
  // Whoever has no PIN that works is asked for the password instead.
  const present = chosen && people.people.find((one) => one.id === chosen.id && one.hasPin && !one.isLocked);
  if (present) return <PinPad person={present} onOther={() => onChoose(null)} onLocked={() => onLocked(t('tablet.in.locked.of', { name: present.name }))} />;
  if (people.people.length === 0) return <p className="text-lg">{t('tablet.in.nobody')}</p>;
  return (
    <>
      <p className="text-lg">{t('tablet.in.lead')}</p>
      <ul role="list" className="grid grid-cols-[repeat(auto-fill,minmax(13rem,1fr))] gap-3">
        {people.people.map((one) => {
          const count = waiting.get(one.id) ?? 0;
          return (
          <li key={one.id}>
            <button type="button" className={bigClasses('plain', 'min-h-20 w-full justify-start! text-lg!')} onClick={() => (one.hasPin && !one.isLocked ? onChoose(one) : onLocked(t(one.isLocked ? 'tablet.in.locked.of' : 'tablet.in.noPin.of', { name: one.name })))}>
              <span aria-hidden className="flex size-11 shrink-0 items-center justify-center rounded-full bg-info-soft text-info">
                {initials(one.name)}
              </span>
              <span className="min-w-0 text-left">
                <span className="block truncate">{one.name}</span>
                {one.hasPin && !one.isLocked ? null : <span className="block truncate text-sm font-normal">{t(one.isLocked ? 'tablet.in.pinLocked' : 'tablet.in.noPin')}</span>}
                {count > 0 ? <span className="block truncate text-sm font-medium text-warning">{t('tablet.in.waiting', { count })}</span> : null}
              </span>
            </button>
          </li>
          );
        })}
      </ul>
    </>
  );
}
