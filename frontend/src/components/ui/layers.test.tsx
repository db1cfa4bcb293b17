import { act, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { announce } from '@/lib/announce';
import { Announcer } from './Announcer';
import { Button } from './Button';
import { Combobox } from './Combobox';
import { Dialog } from './Dialog';
import { Menu } from './Menu';
import { Tabs } from './Tabs';
import { Toasts } from './Toasts';
import { dismissToast, toast, toastStore } from './toast-store';

beforeAll(() => {
  // jsdom draws nothing; without boxes no element would count as focusable.
  Element.prototype.getClientRects = () => [new DOMRect(0, 0, 10, 10)] as unknown as DOMRectList;
  Element.prototype.scrollIntoView = () => undefined;
});

function Page() {
  const [isOpen, setOpen] = useState(false);
  return (
    <div id="root">
      <Button onClick={() => setOpen(true)}>Open</Button>
      <Announcer />
      {isOpen ? (
        <Dialog title="Sheet" onClose={() => setOpen(false)}>
          <Button>First</Button>
          <Button>Last</Button>
        </Dialog>
      ) : null}
    </div>
  );
}

describe('a dialog', () => {
  it('takes the focus, keeps it inside, makes the page inert, and gives it back on Escape', async () => {
    const user = userEvent.setup();
    const { container } = render(<Page />);
    await user.click(screen.getByRole('button', { name: 'Open' }));
    expect(screen.getByRole('dialog', { name: 'Sheet' })).toHaveFocus();
    expect(container.querySelector<HTMLElement>('#root')?.inert).toBe(true);
    await user.tab();
    expect(screen.getByRole('button', { name: 'Close' })).toHaveFocus();
    await user.tab();
    await user.tab();
    expect(screen.getByRole('button', { name: 'Last' })).toHaveFocus();
    await user.tab();
    expect(screen.getByRole('button', { name: 'Close' })).toHaveFocus();
    await user.tab({ shift: true });
    expect(screen.getByRole('button', { name: 'Last' })).toHaveFocus();
    await user.keyboard('{Escape}');
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(container.querySelector<HTMLElement>('#root')?.inert).toBe(false);
    expect(screen.getByRole('button', { name: 'Open' })).toHaveFocus();
  });
  it('speaks from inside itself while it is open', async () => {
    const user = userEvent.setup();
    render(<Page />);
    await user.click(screen.getByRole('button', { name: 'Open' }));
    act(() => announce('Heard inside'));
    await waitFor(() => expect(screen.getByRole('dialog')).toHaveTextContent('Heard inside'));
    await user.keyboard('{Escape}');
    act(() => announce('Heard outside'));
    expect(await screen.findByText('Heard outside')).toBeInTheDocument();
  });
});

describe('a menu', () => {
  const picked = vi.fn();
  function open() {
    render(
      <Menu
        label="Move"
        items={[
          { id: 'a', label: 'Scheduled', isDisabled: true, letter: 's', onSelect: () => picked('a') },
          { id: 'b', label: 'Ready', letter: 'r', onSelect: () => picked('b') },
          'separator',
          { id: 'c', label: 'Canceled', letter: 'x', onSelect: () => picked('c') },
        ]}
      >
        {(trigger) => <button {...trigger}>Move</button>}
      </Menu>,
    );
    return userEvent.setup();
  }
  beforeEach(() => picked.mockClear());

  it('starts at the first thing that can be chosen, walks round with arrows and picks with Enter', async () => {
    const user = open();
    await user.click(screen.getByRole('button', { name: 'Move' }));
    expect(screen.getByRole('menuitem', { name: 'Ready' })).toHaveFocus();
    await user.keyboard('{ArrowDown}');
    expect(screen.getByRole('menuitem', { name: 'Canceled' })).toHaveFocus();
    await user.keyboard('{Home}{ArrowUp}{Enter}');
    expect(picked).toHaveBeenCalledExactlyOnceWith('c');
    expect(screen.queryByRole('menu')).toBeNull();
    expect(screen.getByRole('button', { name: 'Move' })).toHaveFocus();
  });
  it('picks by letter, but nothing that is not offered', async () => {
    const user = open();
    await user.click(screen.getByRole('button', { name: 'Move' }));
    await user.keyboard('s');
    expect(picked).not.toHaveBeenCalled();
    await user.keyboard('x');
    expect(picked).toHaveBeenCalledExactlyOnceWith('c');
  });
  it('closes on Escape and on a press outside without choosing', async () => {
    const user = open();
    await user.click(screen.getByRole('button', { name: 'Move' }));
    await user.keyboard('{Escape}');
    expect(screen.queryByRole('menu')).toBeNull();
    await user.click(screen.getByRole('button', { name: 'Move' }));
    await user.pointer({ keys: '[MouseLeft]', target: document.body });
    expect(screen.queryByRole('menu')).toBeNull();
    expect(picked).not.toHaveBeenCalled();
  });
});

describe('tabs', () => {
  it('are one stop; arrows choose at once and wrap', async () => {
    function Three() {
      const [active, setActive] = useState<'a' | 'b' | 'c'>('a');
      return (
        <Tabs label="Parts" items={[{ key: 'a', label: 'A' }, { key: 'b', label: 'B', count: 2 }, { key: 'c', label: 'C' }]} active={active} onChange={setActive}>
          <p>{`Panel ${active}`}</p>
        </Tabs>
      );
    }
    const user = userEvent.setup();
    render(<Three />);
    await user.tab();
    await user.keyboard('{ArrowLeft}');
    expect(screen.getByRole('tab', { name: 'C' })).toHaveFocus();
    expect(screen.getByRole('tabpanel', { name: 'C' })).toHaveTextContent('Panel c');
    await user.keyboard('{Home}');
    expect(screen.getByRole('tab', { name: 'A' })).toHaveAttribute('aria-selected', 'true');
    await user.tab();
    expect(screen.getByRole('tabpanel')).toHaveFocus();
  });
});

describe('a field that suggests', () => {
  it('takes a suggestion by keyboard, or just what was typed', async () => {
    const chosen = vi.fn();
    function Field() {
      const [text, setText] = useState('');
      return (
        <Combobox
          id="who"
          value={text}
          onType={setText}
          onChoose={chosen}
          choices={[
            { id: '1', label: 'Ana Reyes' },
            { id: '2', label: 'Ana Ruiz' },
          ]}
        />
      );
    }
    const user = userEvent.setup();
    render(<Field />);
    const field = screen.getByRole('combobox');
    await user.type(field, 'ana');
    expect(field).toHaveAttribute('aria-expanded', 'true');
    await user.keyboard('{Enter}');
    expect(chosen).not.toHaveBeenCalled();
    await user.keyboard('{ArrowDown}{ArrowDown}');
    expect(screen.getByRole('option', { name: 'Ana Ruiz' })).toHaveAttribute('aria-selected', 'true');
    await user.keyboard('{Enter}');
    expect(chosen).toHaveBeenCalledWith(expect.objectContaining({ id: '2' }));
    expect(field).toHaveAttribute('aria-expanded', 'false');
  });
});

describe('messages', () => {
  afterEach(() => {
    act(() => {
      for (const message of toastStore.read()) dismissToast(message.id);
    });
    vi.useRealTimers();
  });
  it('stay when they tell of an error, and go by themselves when they tell of a success', () => {
    vi.useFakeTimers();
    render(<Toasts />);
    act(() => {
      toast({ tone: 'error', title: 'Refused' });
      toast({ tone: 'success', title: 'Moved', action: { label: 'Undo', run: () => undefined } });
    });
    act(() => vi.advanceTimersByTime(9_000));
    expect(screen.getByText('Moved')).toBeInTheDocument();
    act(() => vi.advanceTimersByTime(2_000));
    expect(screen.queryByText('Moved')).toBeNull();
    expect(screen.getByText('Refused')).toBeInTheDocument();
  });
});
