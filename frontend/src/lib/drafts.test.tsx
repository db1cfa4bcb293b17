import { EMPTY_DRAFT, keepDraft, readDraft } from './drafts';
import { readStored } from './stored';

describe('a message that was begun', () => {
  it('is kept on the device by person and by thread, with the key of its sending', () => {
    keepDraft('sam', '/a', { ...EMPTY_DRAFT, body: 'Hello', sent: { body: '{}', key: 'k1' } });
    keepDraft('sam', '/b', { ...EMPTY_DRAFT, body: 'Other' });
    expect(readDraft('sam', '/a')).toMatchObject({ body: 'Hello', sent: { key: 'k1' } });
    expect(readDraft('olivia', '/a')).toEqual(EMPTY_DRAFT);
    expect(readStored('drafts.sam')).toContain('Hello');
  });
  it('takes no room once it is empty', () => {
    keepDraft('sam', '/a', EMPTY_DRAFT);
    keepDraft('sam', '/b', EMPTY_DRAFT);
    expect(readStored('drafts.sam')).toBeNull();
  });
  it('follows what another tab wrote, and survives nonsense', () => {
    const entry = ['/c', { ...EMPTY_DRAFT, body: 'From the other tab' }];
    window.dispatchEvent(new StorageEvent('storage', { key: 'keytag.drafts.sam', newValue: JSON.stringify([entry, ['/d', { body: 1 }], 7]) }));
    expect(readDraft('sam', '/c').body).toBe('From the other tab');
    expect(readDraft('sam', '/d')).toEqual(EMPTY_DRAFT);
    window.dispatchEvent(new StorageEvent('storage', { key: 'keytag.drafts.sam', newValue: '{' }));
    expect(readDraft('sam', '/c')).toEqual(EMPTY_DRAFT);
  });
  it('gives way when there are too many', () => {
    for (let index = 0; index < 60; index += 1) keepDraft('kim', `/${index}`, { ...EMPTY_DRAFT, body: `${index}` });
    expect(readDraft('kim', '/0')).toEqual(EMPTY_DRAFT);
    expect(readDraft('kim', '/59').body).toBe('59');
  });
});
