import { fireEvent, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { ApiError } from '@/api';
import type { PhotoMark } from '@/components/ui/PhotoMarks';
import { PhotoStrip } from './PhotoStrip';
import type { ShownPhoto } from './types';

const arrow: PhotoMark = { kind: 'arrow', x1: 0.3, y1: 0.3, x2: 0.5, y2: 0.5 };
const photo = (id: string, more: Partial<ShownPhoto> = {}): ShownPhoto => ({
  id,
  width: 1600,
  height: 1200,
  annotations: [],
  version: 1,
  url: `/api/photos/files/${id}.large`,
  thumbnailUrl: `/api/photos/files/${id}.small`,
  ...more,
});

describe('the strip', () => {
  it('says of each photo what it is and where it stands', () => {
    const photos = [
      photo('a', { annotations: [arrow] }),
      photo('b', { progress: null, url: 'blob:b' }),
      photo('c', { progress: 0.428 }),
      photo('d', { problem: 'The photo is damaged.' }),
    ];
    render(<PhotoStrip photos={photos} what="Front pads" />);

    expect(within(screen.getByRole('list', { name: 'Photos of Front pads' })).getAllByRole('button').map((one) => one.ariaLabel)).toEqual([
      'Open photo 1 of Front pads, 1 mark',
      'Open photo 2 of Front pads, saved here, waits for the network',
      'Open photo 3 of Front pads, sending, 42 %',
      'Open photo 4 of Front pads, refused',
    ]);
    expect(screen.getByText('42 %')).toBeInTheDocument();
  });

  it('asks for new addresses when one has ended', () => {
    const onStale = vi.fn();
    const { container } = render(<PhotoStrip photos={[photo('a')]} what="Front pads" onStale={onStale} />);

    fireEvent.error(container.querySelector('img')!);

    expect(onStale).toHaveBeenCalledOnce();
    expect(container.querySelector('img')).toBeNull();
  });

  it('is walked through by keys, and gives the focus back', async () => {
    const user = userEvent.setup();
    render(<PhotoStrip photos={[photo('a'), photo('b')]} what="Front pads" />);

    await user.tab();
    await user.keyboard('{Enter}');
    expect(screen.getByRole('dialog', { name: 'Front pads, photo 1 of 2' })).toBeInTheDocument();
    await user.keyboard('{ArrowRight}{ArrowRight}');
    expect(screen.getByRole('img', { name: 'Photo 2 of Front pads' })).toHaveAttribute('src', '/api/photos/files/b.large');
    expect(screen.queryByRole('button', { name: 'Draw on it' })).toBeNull();
    await user.keyboard('{Escape}');
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(screen.getByRole('button', { name: 'Open photo 1 of Front pads' })).toHaveFocus();
  });
});

/** A point whose photos are kept here; the given act may refuse. */
function Point({ refuse }: { refuse?: (version: number | undefined) => void }) {
  const [photos, setPhotos] = useState([photo('a'), photo('b')]);
  const onAnnotate = (one: ShownPhoto, annotations: PhotoMark[], version: number | undefined): Promise<void> => {
    try {
      refuse?.(version);
    } catch (error) {
      return Promise.reject(error as Error);
    }
    setPhotos(photos.map((other) => (other.id === one.id ? { ...other, annotations, version: (version ?? 0) + 1 } : other)));
    return Promise.resolve();
  };
  const onDelete = (one: ShownPhoto): Promise<void> => {
    setPhotos(photos.filter((other) => other.id !== one.id));
    return Promise.resolve();
  };
  return <PhotoStrip photos={photos} what="Front pads" onAnnotate={onAnnotate} onDelete={onDelete} />;
}

async function openDrawing(user: ReturnType<typeof userEvent.setup>): Promise<void> {
  await user.click(screen.getByRole('button', { name: /^Open photo 1/ }));
  await user.click(screen.getByRole('button', { name: 'Draw on it' }));
  await screen.findByRole('button', { name: 'Arrow' });
}

describe('drawing on a photo', () => {
  it('goes by keys alone: add, move, stretch, remove, undo, save', async () => {
    const user = userEvent.setup();
    render(<Point />);
    await openDrawing(user);
    await user.click(screen.getByRole('button', { name: 'Arrow' }));

    expect(screen.getByRole('button', { name: 'Arrow 1, tip at 50 % across, 50 % down' })).toHaveFocus();
    await user.keyboard('{ArrowRight}{ArrowDown}{Shift>}{ArrowRight}{/Shift}');
    expect(screen.getByRole('button', { name: 'Arrow 1, tip at 54 % across, 52 % down' })).toHaveFocus();
    await user.click(screen.getByRole('button', { name: 'Circle' }));
    await user.keyboard('{Delete}');
    expect(screen.queryByRole('button', { name: /^Circle 2/ })).toBeNull();
    expect(screen.getByRole('button', { name: 'Arrow' })).toHaveFocus();
    await user.click(screen.getByRole('button', { name: 'Undo' }));
    expect(screen.getByRole('button', { name: /^Circle 2/ })).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Done' }));

    expect(screen.getByRole('button', { name: 'Draw on it' })).toBeInTheDocument();
    await user.keyboard('{Escape}');
    expect(screen.getByRole('button', { name: 'Open photo 1 of Front pads, 2 marks' })).toBeInTheDocument();
  });

  it('goes by a finger on the photo', async () => {
    const user = userEvent.setup();
    render(<Point />);
    await openDrawing(user);
    const canvas = screen.getByRole('group', { name: 'Draw on the photo', description: '' });
    canvas.getBoundingClientRect = () => ({ left: 0, top: 0, width: 400, height: 300 }) as DOMRect;
    canvas.setPointerCapture = () => undefined;
    const pointer = (type: string, clientX: number, clientY: number): void => {
      const event = new MouseEvent(type, { bubbles: true, cancelable: true, clientX, clientY });
      Object.assign(event, { pointerId: 1, isPrimary: true });
      fireEvent(canvas, event);
    };

    pointer('pointerdown', 40, 30);
    pointer('pointermove', 100, 100);
    pointer('pointermove', 200, 150);
    pointer('pointerup', 200, 150);
    expect(screen.getByRole('button', { name: 'Arrow 1, tip at 50 % across, 50 % down' })).toBeInTheDocument();
    // A tap is no mark.
    pointer('pointerdown', 300, 30);
    pointer('pointerup', 300, 30);
    expect(screen.queryByRole('button', { name: /^Arrow 2/ })).toBeNull();

    // The shape that was chosen last is what a finger draws, and the button says which it is.
    await user.click(screen.getByRole('button', { name: 'Circle' }));
    expect(screen.getByRole('button', { name: 'Circle' })).toHaveAttribute('aria-pressed', 'true');
    expect(screen.getByRole('button', { name: 'Arrow' })).toHaveAttribute('aria-pressed', 'false');
    pointer('pointerdown', 200, 150);
    pointer('pointermove', 280, 210);
    pointer('pointerup', 280, 210);
    expect(screen.getByRole('button', { name: /^Circle 3/ })).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: /^Arrow 3/ })).toBeNull();
  });

  it('is not lost by Escape', async () => {
    const user = userEvent.setup();
    render(<Point />);
    await openDrawing(user);
    await user.click(screen.getByRole('button', { name: 'Circle' }));
    await user.keyboard('{Escape}');
    expect(screen.getByRole('alert')).toHaveTextContent('not saved yet');
    await user.click(screen.getByRole('button', { name: 'Discard' }));
    expect(screen.getByRole('button', { name: 'Draw on it' })).toBeInTheDocument();
  });

  it('tells who drew meanwhile, and replaces theirs only when asked again', async () => {
    const user = userEvent.setup();
    const versions: (number | undefined)[] = [];
    const refuse = (version: number | undefined): void => {
      versions.push(version);
      if (version === 1) throw new ApiError(409, { code: 'edit_conflict', photo: { version: 4 } } as object);
    };
    render(<Point refuse={refuse} />);
    await openDrawing(user);
    await user.click(screen.getByRole('button', { name: 'Arrow' }));
    await user.click(screen.getByRole('button', { name: 'Done' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('Somebody else drew');
    await user.click(screen.getByRole('button', { name: 'Done' }));

    expect(versions).toEqual([1, 4]);
    expect(screen.getByRole('button', { name: 'Draw on it' })).toBeInTheDocument();
  });

  it('is for those who may; deleting asks first', async () => {
    const user = userEvent.setup();
    render(<Point />);
    await user.click(screen.getByRole('button', { name: 'Open photo 1 of Front pads' }));
    await user.click(screen.getByRole('button', { name: 'Delete' }));
    await user.click(screen.getByRole('button', { name: 'Delete photo' }));

    expect(await screen.findByRole('dialog', { name: 'Front pads, photo 1 of 1' })).toBeInTheDocument();
    expect(screen.getByRole('img', { name: 'Photo 1 of Front pads' })).toHaveAttribute('src', '/api/photos/files/b.large');
  });
});
