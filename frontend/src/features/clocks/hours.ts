const HOUR = 3_600;

/** Seconds as hours that people compare with sold ones: `1.25`, `0.5`, `0`. */
export function hoursText(seconds: number): string {
  return String(Math.round((seconds / HOUR) * 100) / 100);
}

/** How much of the sold hours was worked, in percent; null where none were sold. */
export function share(workedSeconds: number, soldHours: string): number | null {
  const sold = Number(soldHours);
  return sold > 0 ? Math.round((workedSeconds / HOUR / sold) * 100) : null;
}
