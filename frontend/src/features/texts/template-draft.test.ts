import { makeTemplate } from '@/testing/messages';
import { changeOf, draftOf, insertVariable, newTemplateOf } from './template-draft';

describe('a template in the making', () => {
  it('sends what was changed and nothing else', () => {
    const before = makeTemplate();
    const draft = draftOf(before, null);
    expect(changeOf(draft, before)).toEqual({});
    expect(changeOf({ ...draft, body: 'Ready.', category: 'general' }, before)).toEqual({ body: 'Ready.', category: 'general' });
  });
  it('has a subject only as an email', () => {
    const draft = { ...draftOf(null, 'l1'), name: ' Thanks ', body: 'Thank you', subject: 'Thanks' };
    expect(newTemplateOf(draft)).toMatchObject({ name: 'Thanks', subject: null, locationId: 'l1' });
    expect(newTemplateOf({ ...draft, channel: 'email' })).toMatchObject({ subject: 'Thanks' });
  });
  it('takes a variable where the caret stands', () => {
    expect(insertVariable('Hi , ready', 'customer_first_name', 3, 3)).toEqual({ body: 'Hi {customer_first_name}, ready', caret: 24 });
    expect(insertVariable('Hi NAME', 'vehicle', 3, 7)).toEqual({ body: 'Hi {vehicle}', caret: 12 });
  });
});
