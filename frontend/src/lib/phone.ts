/**
 * Phone numbers as people read and type them. The server keeps E.164 and judges what is valid; this only puts brackets and
 * dashes where readers of the shop's country expect them.
 */

function group(digits: string): string {
  if (digits.length <= 3) return digits;
  if (digits.length <= 6) return `(${digits.slice(0, 3)}) ${digits.slice(3)}`;
  return `(${digits.slice(0, 3)}) ${digits.slice(3, 6)}-${digits.slice(6)}`;
}

/** `+17185550142` → `(718) 555-0142`; numbers of other countries stay as they are. */
export function formatPhone(e164: string | null | undefined): string {
  if (!e164) return '';
  const local = /^\+1(\d{10})$/.exec(e164);
  return local?.[1] ? group(local[1]) : e164;
}

/**
 * What stands in the field after a keystroke. Only what is added at the end is put into form: a caret in the middle and the
 * backspace key are left alone, else the brackets would fight the person.
 */
export function typePhone(before: string, after: string): string {
  if (after.length <= before.length || !after.startsWith(before) || after.trimStart().startsWith('+')) return after;
  if (/[^\d\s().-]/.test(after)) return after;
  const digits = after.replace(/\D/g, '').replace(/^1(?=\d{3})/, '');
  return digits.length > 10 ? after : group(digits);
}

/** Whether it can be a number at all: ten digits of the shop's country, or a country code after a plus. The server judges more. */
export function isPhone(text: string): boolean {
  const digits = phoneDigits(text).length;
  return text.trim().startsWith('+') ? digits >= 8 && digits <= 15 : /^1?\d{10}$/.test(phoneDigits(text));
}

/** The digits that a search or comparison looks at. */
export function phoneDigits(text: string | null | undefined): string {
  return (text ?? '').replace(/\D/g, '');
}
