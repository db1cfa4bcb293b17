/**
 * Speaks to screen readers.
 *
 * A live region outside an open modal layer is ignored by some readers, so each layer brings its own region and the
 * sentence goes to the innermost one. What was said as its layer closed, as by the choice that closes it, goes on to the
 * region below: nobody would hear it from one that has left the page.
 */
type Speaker = (sentence: string) => void;

/** A sentence this young has not been read out when its region goes, in milliseconds. */
const UNHEARD = 500;

const speakers: Speaker[] = [];
let last: { speaker: Speaker; sentence: string; at: number } | null = null;

/** Registers a live region; the newest one speaks. Returns the way to take it back. */
export function registerSpeaker(speaker: Speaker): () => void {
  speakers.push(speaker);
  return () => {
    speakers.splice(speakers.indexOf(speaker), 1);
    if (last?.speaker === speaker && performance.now() - last.at < UNHEARD) announce(last.sentence);
  };
}

/** Says one sentence politely. */
export function announce(sentence: string): void {
  const speaker = speakers.at(-1);
  last = speaker ? { speaker, sentence, at: performance.now() } : null;
  speaker?.(sentence);
}
