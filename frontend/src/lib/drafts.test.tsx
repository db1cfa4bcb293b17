import type { DraftKind } from './drafts';
import { keepDraft, readDraft } from './drafts';
import { readStored } from './stored';

const EMPTY = { body: '', key: '' };
const NOTE: DraftKind<typeof EMPTY> = { empty: EMPTY, isEmpty: ({ body }) => !body, isDraft: ({ body }) => typeof body === 'string' };

describe('what was begun', () => {
  it('is kept on the device by person and by place, with all that belongs to it', () => {
    keepDraft(NOTE, 'sam', '/a', { body: 'Hello', key: 'k1' });
    keepDraft(NOTE, 'sam', '/b', { ...EMPTY, body: 'Other' });
    expect(readDraft(NOTE, 'sam', '/a')).toEqual({ body: 'Hello', key: 'k1' });
    expect(readDraft(NOTE, 'olivia', '/a')).toEqual(EMPTY);
    expect(readStored('drafts.sam')).toContain('Hello');
  });
  it('takes no room once it is empty', () => {
    keepDraft(NOTE, 'sam', '/a', EMPTY);
    keepDraft(NOTE, 'sam', '/b', EMPTY);
    expect(readStored('drafts.sam')).toBeNull();
  });
  it('follows what another tab wrote, and survives nonsense', () => {
    const entry = ['/c', { ...EMPTY, body: 'From the other tab' }];
    window.dispatchEvent(new StorageEvent('storage', { key: 'keytag.drafts.sam', newValue: JSON.stringify([entry, ['/d', { body: 1 }], 7]) }));
    expect(readDraft(NOTE, 'sam', '/c').body).toBe('From the other tab');
    expect(readDraft(NOTE, 'sam', '/d')).toEqual(EMPTY);
    window.dispatchEvent(new StorageEvent('storage', { key: 'keytag.drafts.sam', newValue: '{' }));
    expect(readDraft(NOTE, 'sam', '/c')).toEqual(EMPTY);
  });
  it('gives way when there are too many', () => {
    for (let index = 0; index < 60; index += 1) keepDraft(NOTE, 'kim', `/${index}`, { ...EMPTY, body: `${index}` });
    expect(readDraft(NOTE, 'kim', '/0')).toEqual(EMPTY);
    expect(readDraft(NOTE, 'kim', '/59').body).toBe('59');
  });
});
