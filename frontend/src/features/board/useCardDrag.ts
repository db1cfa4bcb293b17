/**
 * Dragging, behind hooks of our own so that the library could be exchanged.
 *
 * The card that is dragged may be unmounted by its virtual list while it is in the air; therefore all decisions are taken by
 * one monitor of the whole board, never by the card.
 */
import { autoScrollForElements } from '@atlaskit/pragmatic-drag-and-drop-auto-scroll/element';
import type { Edge } from '@atlaskit/pragmatic-drag-and-drop-hitbox/closest-edge';
import { attachClosestEdge, extractClosestEdge } from '@atlaskit/pragmatic-drag-and-drop-hitbox/closest-edge';
import { combine } from '@atlaskit/pragmatic-drag-and-drop/combine';
import { draggable, dropTargetForElements, monitorForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import type { RefObject } from 'react';
import { useEffect, useRef, useState } from 'react';
import { afterFirstPicture } from '@/lib/idle';
import type { Status } from '@/types';

interface CardData {
  kind: 'card';
  id: string;
  status: Status;
}
interface LaneData {
  kind: 'lane';
  status: Status;
}
type Loose = Record<string | symbol, unknown>;

function asCard(data: Loose): CardData | null {
  return data.kind === 'card' ? (data as unknown as CardData) : null;
}
function asLane(data: Loose): LaneData | null {
  return data.kind === 'lane' ? (data as unknown as LaneData) : null;
}

export type CanDrop = (from: Status, to: Status) => boolean;

/** Makes a card draggable and a place to drop at; returns the edge that the card in the air would land at. */
export function useCardDrag(
  element: RefObject<HTMLElement | null>,
  { id, status, isEnabled, canDrop }: { id: string; status: Status; isEnabled: boolean; canDrop: CanDrop },
): { edge: Edge | null; isDragging: boolean } {
  const [edge, setEdge] = useState<Edge | null>(null);
  const [isDragging, setDragging] = useState(false);
  useEffect(() => {
    const node = element.current;
    if (!node || !isEnabled) return undefined;
    const data: CardData = { kind: 'card', id, status };
    return afterFirstPicture(() =>
      combine(
        draggable({
          element: node,
          getInitialData: () => ({ ...data }),
          onDragStart: () => setDragging(true),
          onDrop: () => setDragging(false),
        }),
        dropTargetForElements({
          element: node,
          canDrop: ({ source }) => {
            const card = asCard(source.data);
            return card !== null && card.id !== id && canDrop(card.status, status);
          },
          getData: ({ input, element: over }) =>
            attachClosestEdge({ ...data }, { input, element: over, allowedEdges: ['top', 'bottom'] }),
          onDrag: ({ self }) => setEdge(extractClosestEdge(self.data)),
          onDragLeave: () => setEdge(null),
          onDrop: () => setEdge(null),
        }),
      ),
    );
  }, [element, id, status, isEnabled, canDrop]);
  return { edge, isDragging };
}

/** Makes a lane a place to drop at (its end), scrolling under the card in the air. */
export function useLaneDrop(
  lane: RefObject<HTMLElement | null>,
  /** What scrolls under the card in the air; null where nothing does. */
  scroller: RefObject<HTMLElement | null> | null,
  { status, canDrop }: { status: Status; canDrop: CanDrop },
): { isOver: boolean } {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const node = lane.current;
    if (!node) return undefined;
    const isCard = ({ source }: { source: { data: Loose } }) => asCard(source.data) !== null;
    return combine(
      dropTargetForElements({
        element: node,
        // A lane that the card cannot go to takes the drop as well, so that the reason can be told.
        canDrop: isCard,
        getData: () => ({ kind: 'lane', status }),
        onDragEnter: ({ source }) => {
          const card = asCard(source.data);
          setOver(card !== null && canDrop(card.status, status));
        },
        onDragLeave: () => setOver(false),
        onDrop: () => setOver(false),
      }),
      scroller?.current ? autoScrollForElements({ element: scroller.current, canScroll: isCard }) : () => undefined,
    );
  }, [lane, scroller, status, canDrop]);
  return { isOver };
}

export interface Drop {
  id: string;
  from: Status;
  to: Status;
  /** The card it was dropped at and the side of it; absent at the lane's end. */
  at?: { id: string; edge: 'top' | 'bottom' };
}

/** Follows every drag over the board; tells the status of the card in the air and what was dropped where. */
export function useBoardDrag(
  board: RefObject<HTMLElement | null>,
  { onDrag, onDrop }: { onDrag: (from: Status | null) => void; onDrop: (drop: Drop) => void },
): void {
  const latest = useRef({ onDrag, onDrop });
  useEffect(() => {
    latest.current = { onDrag, onDrop };
  });
  useEffect(() => {
    const node = board.current;
    if (!node) return undefined;
    return combine(
      // The whole board accepts, so that the drop is always told, even between two lanes.
      dropTargetForElements({ element: node, canDrop: ({ source }) => asCard(source.data) !== null }),
      autoScrollForElements({ element: node }),
      monitorForElements({
        canMonitor: ({ source }) => asCard(source.data) !== null,
        onDragStart: ({ source }) => latest.current.onDrag(asCard(source.data)?.status ?? null),
        onDrop: ({ source, location }) => {
          latest.current.onDrag(null);
          const card = asCard(source.data);
          const targets = location.current.dropTargets;
          const lane = targets.map((target) => asLane(target.data)).find((found) => found !== null);
          if (!card || !lane) return;
          const over = targets.find((target) => asCard(target.data) !== null);
          const overCard = over ? asCard(over.data) : null;
          const edge = over ? extractClosestEdge(over.data) : null;
          latest.current.onDrop({
            id: card.id,
            from: card.status,
            to: lane.status,
            ...(overCard && edge ? { at: { id: overCard.id, edge: edge === 'top' ? 'top' : 'bottom' } } : {}),
          });
        },
      }),
    );
  }, [board]);
}
