import {
  addDays,
  daysBetween,
  formatDateTime,
  formatWhen,
  formatDays,
  formatPlainDay,
  formatRelativeDay,
  localDate,
  localTime,
  promiseWords,
  shortSpan,
  spanWords,
  toInstant,
  zoneNameOver,
  zoneOffset,
} from './time';

const NEW_YORK = 'America/New_York';
const PHOENIX = 'America/Phoenix';

describe('the location’s day and time', () => {
  it('belongs to the evening before while UTC is a day ahead', () => {
    expect(localDate('2026-11-21T03:30:00Z', NEW_YORK)).toBe('2026-11-20');
    expect(localTime('2026-11-21T03:30:00Z', NEW_YORK)).toBe('22:30');
  });
  it('knows the offset of both sides of a clock change, and zones without one', () => {
    expect(zoneOffset('2026-03-08T06:59:59Z', NEW_YORK)).toBe(-300);
    expect(zoneOffset('2026-03-08T07:00:00Z', NEW_YORK)).toBe(-240);
    expect(zoneOffset('2026-03-08T07:00:00Z', PHOENIX)).toBe(-420);
    expect(zoneOffset('2026-11-20T00:00:00.250Z', 'Asia/Kathmandu')).toBe(345);
  });
  it('writes midnight as 00:00', () => {
    expect(localTime('2026-11-20T05:00:00Z', NEW_YORK)).toBe('00:00');
  });
});

describe('a wall time', () => {
  it('is one instant on an ordinary day', () => {
    expect(toInstant('2026-11-20', '09:30', NEW_YORK)).toEqual({ kind: 'ok', instant: '2026-11-20T14:30:00Z' });
  });
  it('does not exist in the night the clocks go forward: the same distance behind the gap is used', () => {
    expect(toInstant('2026-03-08', '02:30', NEW_YORK)).toEqual({ kind: 'gap', instant: '2026-03-08T07:30:00Z' });
    expect(localTime('2026-03-08T07:30:00Z', NEW_YORK)).toBe('03:30');
  });
  it('comes twice in the night the clocks go back: the first is meant, the second told', () => {
    expect(toInstant('2026-11-01', '01:30', NEW_YORK)).toEqual({
      kind: 'fold',
      instant: '2026-11-01T05:30:00Z',
      later: '2026-11-01T06:30:00Z',
    });
  });
  it('is plain just before and after both changes', () => {
    expect(toInstant('2026-03-08', '01:59', NEW_YORK).kind).toBe('ok');
    expect(toInstant('2026-03-08', '03:00', NEW_YORK)).toEqual({ kind: 'ok', instant: '2026-03-08T07:00:00Z' });
    expect(toInstant('2026-11-01', '00:59', NEW_YORK).kind).toBe('ok');
    expect(toInstant('2026-11-01', '02:00', NEW_YORK)).toEqual({ kind: 'ok', instant: '2026-11-01T07:00:00Z' });
  });
  it('goes there and back for every hour of both change days', () => {
    for (const day of ['2026-03-08', '2026-11-01', '2026-07-04']) {
      for (let hour = 0; hour < 24; hour++) {
        const time = `${String(hour).padStart(2, '0')}:15`;
        const found = toInstant(day, time, NEW_YORK);
        if (found.kind !== 'gap') expect(localTime(found.instant, NEW_YORK)).toBe(time);
      }
    }
  });
});

describe('days', () => {
  it('add and subtract across months and leap days', () => {
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
    expect(addDays('2028-02-28', 1)).toBe('2028-02-29');
    expect(daysBetween('2026-03-01', '2026-02-26')).toBe(-3);
  });
  it('are named when they are near', () => {
    expect(formatRelativeDay('2026-11-20', '2026-11-20')).toBe('Today');
    expect(formatRelativeDay('2026-11-21', '2026-11-20')).toBe('Tomorrow');
    expect(formatRelativeDay('2026-11-27', '2026-11-20')).toBe('Fri, Nov 27');
  });
  it('say their year when it is another one', () => {
    expect(formatPlainDay('2026-12-31', '2026-11-20')).toBe('Thu, Dec 31');
    expect(formatPlainDay('2027-06-01', '2026-11-20')).toBe('Tue, Jun 1, 2027');
  });
  it('stand as a range without saying a month or year twice', () => {
    const plain = (from: string, to: string) => formatDays(from, to, '2026-11-20').replace(/\s/g, ' ');
    expect(plain('2026-11-20', '2026-11-26')).toBe('Nov 20 – 26');
    expect(plain('2026-11-27', '2026-12-03')).toBe('Nov 27 – Dec 3');
    expect(plain('2026-12-30', '2027-01-05')).toBe('Dec 30, 2026 – Jan 5, 2027');
  });
  it('are the location’s, not the reader’s', () => {
    const now = Date.parse('2026-11-21T03:30:00Z');
    expect(formatDateTime('2026-11-21T04:30:00Z', NEW_YORK, now)).toBe('Today at 11:30 PM');
    expect(formatDateTime('2026-11-21T05:30:00Z', NEW_YORK, now)).toBe('Tomorrow at 12:30 AM');
    expect(formatWhen('2026-11-21T05:30:00Z', NEW_YORK, now)).toBe('tomorrow at 12:30 AM');
    expect(formatWhen('2026-11-25T05:30:00Z', NEW_YORK, now)).toBe('Wed, Nov 25 at 12:30 AM');
  });
});

describe('the zone’s short name', () => {
  it('is that of the day which is shown, not of today', () => {
    expect(zoneNameOver(NEW_YORK, '2026-11-20')).toBe('EST');
    expect(zoneNameOver(NEW_YORK, '2027-06-01')).toBe('EDT');
    expect(zoneNameOver(PHOENIX, '2027-03-14')).toBe('MST');
  });
  it('is both on the day of a clock change and over a range that has one', () => {
    expect(zoneNameOver(NEW_YORK, '2027-03-14')).toBe('EST → EDT');
    expect(zoneNameOver(NEW_YORK, '2026-11-01')).toBe('EDT → EST');
    expect(zoneNameOver(NEW_YORK, '2027-03-13')).toBe('EST');
    expect(zoneNameOver(NEW_YORK, '2027-03-15')).toBe('EDT');
    expect(zoneNameOver(NEW_YORK, '2027-03-10', '2027-03-16')).toBe('EST → EDT');
  });
});

describe('lengths in words', () => {
  const minute = 60_000;
  it.each([
    [0, 'just now', 'new'],
    [59 * minute, '59 min', '59 min'],
    [90 * minute, '1 h 30 min', '1.5 h'],
    [120 * minute, '2 h', '2.0 h'],
    [11 * 60 * minute + 5 * minute, '11 h', '11 h'],
    [49 * 60 * minute, '2 days', '2 days'],
  ])('%i ms', (length, long, short) => {
    expect(spanWords(length)).toBe(long);
    expect(shortSpan(length)).toBe(short);
  });
});

describe('the promised time', () => {
  const now = Date.parse('2026-11-20T16:00:00Z');
  it.each([
    ['2026-11-20T15:20:00Z', 'late', '40 min late'],
    ['2026-11-20T15:59:30Z', 'soon', 'Due now'],
    ['2026-11-20T16:25:00Z', 'soon', 'Due in 25 min'],
    ['2026-11-20T21:30:00Z', 'far', 'Due 4:30 PM'],
    ['2026-11-21T14:00:00Z', 'far', 'Due tomorrow'],
    ['2026-11-27T14:00:00Z', 'far', 'Due Fri, Nov 27'],
  ])('%s is %s', (promisedAt, tone, words) => {
    expect(promiseWords(promisedAt, now, NEW_YORK)).toEqual({ tone, words });
  });
  it('is never late once the work is done', () => {
    expect(promiseWords('2026-11-20T15:20:00Z', now, NEW_YORK, true).tone).toBe('met');
  });
});
