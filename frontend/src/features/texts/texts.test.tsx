import { cleanup, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { makePreview, makeTemplate } from '@/testing/messages';
import { renderSignedIn } from '@/testing/render-signed-in';
import type { NoticeRule } from '@/types';
import { StageTable } from './StageTable';
import { TemplatePreview } from './TemplatePreview';
import { TemplateTable } from './TemplateTable';
import { TemplateDialog } from './TemplateDialog';

const ORIGIN = 'http://localhost:3000';
const rule: NoticeRule = { trigger: 'ready', loudness: 'quiet', templateId: null, templateName: null, version: 0, updatedAt: null, updatedBy: null };
let rules: NoticeRule[];
let changes: Record<string, unknown>[] = [];
let answer: () => Response;

const server = setupServer(
  http.get(`${ORIGIN}/api/message-templates`, () => HttpResponse.json({ items: [makeTemplate(), makeTemplate({ id: 'ad', name: 'Offer', purpose: 'marketing' })], nextCursor: null })),
  http.get(`${ORIGIN}/api/message-templates/variables`, () => HttpResponse.json({ items: [{ name: 'vehicle', words: 'the vehicle', example: '2018 Chevrolet', isMoney: false }] })),
  http.post<never, { body: string }>(`${ORIGIN}/api/message-templates/check`, async ({ request }) =>
    HttpResponse.json({ ...makePreview((await request.json()).body), forcedBy: [], withheld: [] }),
  ),
  http.get(`${ORIGIN}/api/appointments`, () => HttpResponse.json({ items: [], nextCursor: null })),
  http.get(`${ORIGIN}/api/notice-rules`, () => HttpResponse.json({ items: rules, nextCursor: null })),
  http.put<never, Record<string, unknown>>(`${ORIGIN}/api/notice-rules`, async ({ request }) => {
    changes.push(await request.json());
    return answer();
  }),
  http.patch<never, Record<string, unknown>>(`${ORIGIN}/api/message-templates/t1`, async ({ request }) => {
    changes.push(await request.json());
    return answer();
  }),
);
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
beforeEach(() => {
  changes = [];
  rules = [rule];
  answer = () => HttpResponse.json(rules[0]);
});
afterEach(() => {
  cleanup();
  server.resetHandlers();
});
afterAll(() => server.close());

describe('stage texts', () => {
  it('say in a line each what loud, ask and quiet do', async () => {
    renderSignedIn(<StageTable />);
    const said = [...(await screen.findAllByRole('definition'))].map((one) => one.textContent);
    expect(said).toHaveLength(3);
    expect(said[2]).toBe('Nothing goes out.');
  });
  it('are loud only with words to say, and save at once with the version that was in sight', async () => {
    renderSignedIn(<StageTable />);
    const user = userEvent.setup();
    const row = within(await screen.findByRole('row', { name: /Ready for pick-up/ }));
    await user.click(row.getByRole('button', { name: 'Loud' }));
    expect(await screen.findByText('Choose a template first.')).toBeInTheDocument();
    expect(changes).toEqual([]);
    const choice = row.getByRole('combobox', { name: 'Template: Ready for pick-up' });
    expect([...choice.children].map((option) => option.textContent)).toEqual(['Choose a template', 'Ready for pick-up']);
    rules = [{ ...rule, templateId: 't1', version: 1 }];
    await user.selectOptions(choice, 'Ready for pick-up');
    await waitFor(() => expect(choice).toHaveValue('t1'));
    await user.click(row.getByRole('button', { name: 'Loud' }));
    await waitFor(() =>
      expect(changes).toEqual([
        { locationId: 'brooklyn', trigger: 'ready', loudness: 'quiet', templateId: 't1', version: 0 },
        { locationId: 'brooklyn', trigger: 'ready', loudness: 'loud', templateId: 't1', version: 1 },
      ]),
    );
  });
  it('say when somebody else was quicker, and show what stands now', async () => {
    rules = [{ ...rule, loudness: 'loud', templateId: 't1', version: 1 }];
    answer = () => {
      rules = [{ ...rule, loudness: 'ask', templateId: 't1', version: 2 }];
      return HttpResponse.json({ code: 'edit_conflict', rule: rules[0] }, { status: 409 });
    };
    renderSignedIn(<StageTable />);
    const user = userEvent.setup();
    const row = within(await screen.findByRole('row', { name: /Ready for pick-up/ }));
    await user.click(row.getByRole('button', { name: 'Quiet' }));
    expect(await screen.findAllByText(/Somebody else changed Ready for pick-up meanwhile/)).not.toHaveLength(0);
    await waitFor(() => expect(row.getByRole('button', { name: 'Ask' })).toHaveAttribute('aria-pressed', 'true'));
  });
});

describe('the list of templates', () => {
  it('opens one by a press on its row', async () => {
    const edited = vi.fn();
    renderSignedIn(<TemplateTable onNew={() => undefined} onEdit={edited} onDelete={() => undefined} />);
    await userEvent.setup().click(await screen.findByText('Ready for pick-up'));
    expect(edited).toHaveBeenCalledExactlyOnceWith(makeTemplate());
  });
});

describe('the preview of a template', () => {
  it('asks for the example of this shop, and names what is no variable once', async () => {
    let asked: Record<string, unknown> = {};
    server.use(
      http.post<never, Record<string, unknown>>(`${ORIGIN}/api/message-templates/check`, async ({ request }) => {
        asked = await request.json();
        const findings = [{ code: 'unknown_variable', found: 'vehicel', hint: 'vehicle', start: 0, end: 9, field: 'body' }];
        return HttpResponse.json({ ...makePreview('{vehicel}'), missing: ['vehicel'], findings, forcedBy: [], withheld: [] });
      }),
    );
    renderSignedIn(<TemplatePreview draft={{ ...makeTemplate({ body: '{vehicel}' }), subject: '' }} />);
    expect(await screen.findByText(/There is no variable “vehicel”/)).toBeInTheDocument();
    expect(screen.queryByText(/^Missing/)).toBeNull();
    expect(asked).toMatchObject({ locationId: 'brooklyn' });
  });
});

describe('editing a template', () => {
  it('takes variables where the caret stands and shows the text as it arrives', async () => {
    renderSignedIn(<TemplateDialog template={makeTemplate({ body: 'Your  is ready.' })} onClose={() => undefined} />);
    const user = userEvent.setup();
    const body = screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Text' });
    body.setSelectionRange(5, 5);
    await user.click(screen.getByRole('button', { name: 'Insert a variable' }));
    await user.click(await screen.findByRole('menuitem', { name: /Vehicle/ }));
    expect(body).toHaveValue('Your {vehicle} is ready.');
    expect(await within(screen.getByRole('region', { name: 'Preview' })).findByText('Your {vehicle} is ready.')).toBeInTheDocument();
  });
  it('shows both texts when somebody else changed it, and saves the chosen one on the newest version', async () => {
    const isClosed = vi.fn();
    answer = () =>
      HttpResponse.json(
        {
          code: 'edit_conflict',
          conflicts: [{ field: 'body', yours: 'Mine', theirs: 'Theirs', base: 'Base', changedBy: 'Olivia Park', changedAt: null }],
          template: makeTemplate({ body: 'Theirs', version: 4 }),
        },
        { status: 409 },
      );
    renderSignedIn(<TemplateDialog template={makeTemplate({ body: 'Base', version: 1 })} onClose={isClosed} />);
    const user = userEvent.setup();
    await user.clear(screen.getByRole('textbox', { name: 'Text' }));
    await user.type(screen.getByRole('textbox', { name: 'Text' }), 'Mine');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    const sheet = await screen.findByRole('dialog', { name: 'Somebody changed this too' });
    expect(sheet).toHaveTextContent('Theirs');
    answer = () => HttpResponse.json(makeTemplate({ body: 'Mine', version: 5 }));
    await user.click(within(sheet).getByRole('radio', { name: /Mine/ }));
    await user.click(within(sheet).getByRole('button', { name: /Save/ }));
    await waitFor(() => expect(isClosed).toHaveBeenCalled());
    expect(changes).toEqual([
      { body: 'Mine', version: 1 },
      { body: 'Mine', version: 4 },
    ]);
  });
});
