/** Small per-device settings. Storage may be blocked or full; then the setting lasts as long as the page. */
const memory = new Map<string, string>();

export function readStored(key: string): string | null {
  try {
    return localStorage.getItem(`keytag.${key}`) ?? memory.get(key) ?? null;
  } catch {
    return memory.get(key) ?? null;
  }
}

export function writeStored(key: string, value: string | null): void {
  if (value === null) memory.delete(key);
  else memory.set(key, value);
  try {
    if (value === null) localStorage.removeItem(`keytag.${key}`);
    else localStorage.setItem(`keytag.${key}`, value);
  } catch {
    /* Kept in memory above. */
  }
}
