import { useEffect, useRef, useState } from 'react';
import { LOCALE } from '@/i18n/locale';

/** What of the browser's speech recognition is used; TypeScript does not know it. */
interface Recognition extends EventTarget {
  lang: string;
  continuous: boolean;
  interimResults: boolean;
  onresult: ((event: { resultIndex: number; results: ArrayLike<ArrayLike<{ transcript: string }> & { isFinal: boolean }> }) => void) | null;
  onerror: ((event: { error: string }) => void) | null;
  onend: (() => void) | null;
  start: () => void;
  stop: () => void;
  abort: () => void;
}
type RecognitionClass = new () => Recognition;
declare global {
  interface Window {
    SpeechRecognition?: RecognitionClass;
    webkitSpeechRecognition?: RecognitionClass;
  }
}
/** Ends that are no fault: nobody spoke, or the person stopped it. */
const QUIET = new Set(['no-speech', 'aborted']);

interface Dictation {
  isAvailable: boolean;
  isListening: boolean;
  hasFailed: boolean;
  toggle: () => void;
}

/** Turns speech into words where the browser can; what is finished is told, phrases that end together as one. */
export function useDictation(onWords: (words: string) => void): Dictation {
  const Class = window.SpeechRecognition ?? window.webkitSpeechRecognition;
  const [isListening, setListening] = useState(false);
  const [hasFailed, setFailed] = useState(false);
  const recognition = useRef<Recognition | null>(null);
  const latest = useRef(onWords);
  useEffect(() => {
    latest.current = onWords;
  });
  useEffect(() => () => recognition.current?.abort(), []);

  const start = (Recognizer: RecognitionClass): void => {
    const one = new Recognizer();
    one.lang = LOCALE;
    one.continuous = true;
    one.interimResults = false;
    one.onresult = ({ resultIndex, results }) => {
      const finished = Array.from(results).slice(resultIndex).filter((one) => one.isFinal);
      const words = finished.flatMap((one) => one[0]?.transcript.trim() || []).join(' ');
      if (words) latest.current(words);
    };
    one.onerror = ({ error }) => setFailed(!QUIET.has(error));
    one.onend = () => setListening(false);
    recognition.current = one;
    setFailed(false);
    setListening(true);
    one.start();
  };
  return {
    isAvailable: Class !== undefined,
    isListening,
    hasFailed,
    toggle: () => {
      if (isListening) recognition.current?.stop();
      else if (Class) start(Class);
    },
  };
}
