import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { en } from './en';
import { amountWords } from './words/amounts';
import { auditWords } from './words/audit';
import { calendarWords } from './words/calendar';
import { catalogWords } from './words/catalog';
import { consentWords } from './words/consent';
import { deviceWords } from './words/devices';
import { estimateWords } from './words/estimates';
import { historyWords } from './words/history';
import { inboxWords } from './words/inbox';
import { keyWords } from './words/keys';
import { messageWords } from './words/messages';
import { serviceWords } from './words/services';
import { numbersWords } from './words/numbers';
import { tabletWords } from './words/tablet';
import { peopleWords } from './words/people';
import { photoWords } from './words/photos';
import { textWords } from './words/texts';
import { wallWords } from './words/wall';

const LATE = {
  amounts: amountWords,
  audit: auditWords,
  calendar: calendarWords,
  catalog: catalogWords,
  consent: consentWords,
  devices: deviceWords,
  estimates: estimateWords,
  history: historyWords,
  inbox: inboxWords,
  keys: keyWords,
  messages: messageWords,
  numbers: numbersWords,
  people: peopleWords,
  photos: photoWords,
  services: serviceWords,
  tablet: tabletWords,
  texts: textWords,
  wall: wallWords,
};
const early = Object.keys(en);

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'i18n' || entry.name === 'generated' || entry.name === 'testing' ? [] : sources(path);
    return /\.tsx?$/.test(entry.name) && !entry.name.includes('.test.') ? [path] : [];
  });
}

/** The keys that a file names, whole (`'inbox.title'`) or by their beginning (`` `inbox.view.${one}` ``). */
function said(code: string): string[] {
  const whole = [...code.matchAll(/'([a-z][\w]*(?:\.[\w]+)+)'/g)].map((match) => match[1] ?? '');
  const begun = [...code.matchAll(/`([a-z][\w]*(?:\.[\w]+)*\.)\$\{/g)].map((match) => match[1] ?? '');
  return [...whole, ...begun];
}

describe('words that come late', () => {
  it('come with every file that says them', () => {
    const missing = sources('src').flatMap((path) => {
      const code = readFileSync(path, 'utf8');
      return said(code).flatMap((key) =>
        Object.entries(LATE)
          .filter(([name, words]) => {
            const isSaid = (one: string): boolean => (key.endsWith('.') ? one.startsWith(key) : one === key);
            return Object.keys(words).some(isSaid) && !early.some(isSaid) && !code.includes(`'@/i18n/late/${name}'`);
          })
          .map(([name]) => `${path} says ${key} without ${name}`),
      );
    });
    expect(missing).toEqual([]);
  });
  it('are each in one place', () => {
    const all = [...early, ...Object.values(LATE).flatMap((words) => Object.keys(words))];
    expect(all.filter((key, index) => all.indexOf(key) !== index)).toEqual([]);
  });
});
