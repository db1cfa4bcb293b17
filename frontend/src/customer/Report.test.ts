import { measured } from './Report';

const none = { failBelow: null, attentionBelow: null, attentionAbove: null, failAbove: null };
const words = (reading: string, unit: string, limits: Partial<typeof none> | Record<string, string | null> | null) => measured({ reading, unit, limits: limits && { ...none, ...limits } });

it('says beside what was measured what is good, and what is urgent', () => {
  expect(words('2.5', 'mm', { failBelow: '3', attentionBelow: '5' })).toBe('Measured: 2.5 mm. Good from 5 mm, urgent below 3 mm.');
  expect(words('2', '/32 in', { failBelow: '3' })).toBe('Measured: 2/32 in. Good from 3/32 in.');
  expect(words('15.2', 'V', { attentionBelow: '12.2', attentionAbove: '14.8', failAbove: '15' })).toBe('Measured: 15.2 V. Good from 12.2 V to 14.8 V, urgent above 15 V.');
  expect(words('4', '% water', { failAbove: '3' })).toBe('Measured: 4 % water. Good up to 3 % water.');
  expect(words('4', '% water', {})).toBe('Measured: 4 % water');
  expect(words('4', '% water', null)).toBe('Measured: 4 % water');
});
