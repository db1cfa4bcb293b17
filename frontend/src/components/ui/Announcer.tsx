import { useEffect, useState } from 'react';
import { registerSpeaker } from '@/lib/announce';

/**
 * A polite live region. One stands in the shell and one in every open layer, because some readers hear nothing outside a
 * modal dialog. A sentence said twice in a row is still heard twice: the place alternates.
 */
export function Announcer() {
  const [said, setSaid] = useState({ text: '', turn: 0 });
  useEffect(() => registerSpeaker((text) => setSaid((last) => ({ text, turn: last.turn + 1 }))), []);
  return (
    <div aria-live="polite" aria-atomic="true" className="sr-only" data-announcer>
      <span key={said.turn}>{said.text}</span>
    </div>
  );
}
