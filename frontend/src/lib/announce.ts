/**
 * Speaks to screen readers.
 *
 * A live region outside an open modal layer is ignored by some readers, so each layer brings its own region and the
 * sentence goes to the innermost one.
 */
type Speaker = (sentence: string) => void;

const speakers: Speaker[] = [];

/** Registers a live region; the newest one speaks. Returns the way to take it back. */
export function registerSpeaker(speaker: Speaker): () => void {
  speakers.push(speaker);
  return () => {
    speakers.splice(speakers.indexOf(speaker), 1);
  };
}

/** Says one sentence politely. */
export function announce(sentence: string): void {
  speakers.at(-1)?.(sentence);
}
