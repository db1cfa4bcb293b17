import { formatPhone, phoneDigits, typePhone } from './phone';

/** Types the keys one after the other, as a field would. */
function typed(keys: string): string {
  return [...keys].reduce((text, key) => typePhone(text, text + key), '');
}

describe('phone numbers', () => {
  it('shows a number of the shop’s country with brackets and a dash', () => {
    expect(formatPhone('+17185550142')).toBe('(718) 555-0142');
  });

  it('leaves numbers of other countries and missing numbers alone', () => {
    expect(formatPhone('+442079460958')).toBe('+442079460958');
    expect(formatPhone(null)).toBe('');
  });

  it('puts what is typed into form as it grows', () => {
    expect(typed('718')).toBe('718');
    expect(typed('7185')).toBe('(718) 5');
    expect(typed('7185550142')).toBe('(718) 555-0142');
    expect(typed('17185550142')).toBe('(718) 555-0142');
  });

  it('does not fight the backspace key or a caret in the middle', () => {
    expect(typePhone('(718) 5', '(718) ')).toBe('(718) ');
    expect(typePhone('(718) 555-0142', '(7198) 555-0142')).toBe('(7198) 555-0142');
  });

  it('leaves a number with a country code, too many digits or letters as typed', () => {
    expect(typed('+4420')).toBe('+4420');
    expect(typed('71855501421')).toBe('(718) 555-01421');
    expect(typed('718x')).toBe('718x');
  });

  it('finds the digits', () => {
    expect(phoneDigits('(718) 555-0142')).toBe('7185550142');
    expect(phoneDigits(null)).toBe('');
  });
});
