/**
 * The stack of modal layers. Everything below the top one is inert: it takes no focus, no pointer and is hidden from screen
 * readers. This is done with the `inert` attribute instead of injected style elements, which our content security policy
 * would refuse.
 */
const stack: HTMLElement[] = [];

function refresh(): void {
  const top = stack.at(-1);
  const root = document.getElementById('root');
  if (root) root.inert = stack.length > 0;
  for (const layer of stack) layer.inert = layer !== top;
}

export function pushLayer(layer: HTMLElement): () => void {
  stack.push(layer);
  refresh();
  return () => {
    stack.splice(stack.indexOf(layer), 1);
    refresh();
  };
}

/** The layer that people are in, if any. */
export function topLayer(): HTMLElement | undefined {
  return stack.at(-1);
}

/** Where menus and other floating parts go, so that they stay usable while a modal layer is open. */
export function floatingRoot(): HTMLElement {
  return topLayer() ?? document.body;
}

const FOCUSABLE =
  'a[href],button:not(:disabled),input:not(:disabled),select:not(:disabled),textarea:not(:disabled),[tabindex]:not([tabindex="-1"])';

export function focusables(within: ParentNode): HTMLElement[] {
  return [...within.querySelectorAll<HTMLElement>(FOCUSABLE)].filter(
    (element) => !element.closest('[inert]') && (element.offsetParent !== null || element.getClientRects().length > 0),
  );
}
