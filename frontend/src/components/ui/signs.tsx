import type { LucideIcon, LucideProps } from 'lucide-react';
import { forwardRef } from 'react';

const drawn = new Map<string, LucideIcon>();

/**
 * A sign that a page shows by the hundred: drawn once by `Signs`, and everywhere else a reference to it. With its own lines on
 * each card the signs took a quarter of the board's first picture.
 */
export function repeated(Icon: LucideIcon): LucideIcon {
  const id = `sign-${Icon.displayName ?? drawn.size}`;
  drawn.set(id, Icon);
  return forwardRef<SVGSVGElement, LucideProps>(function Sign({ size = 24, className, 'aria-hidden': isHidden = true }, ref) {
    return (
      <svg ref={ref} width={size} height={size} className={className} aria-hidden={isHidden}>
        <use href={`#${id}`} />
      </svg>
    );
  });
}

/** Draws the repeated signs, unseen; stands once in the page that shows them. */
export function Signs() {
  return (
    <svg aria-hidden className="absolute size-0">
      {[...drawn].map(([id, Icon]) => (
        <symbol key={id} id={id} viewBox="0 0 24 24">
          <Icon />
        </symbol>
      ))}
    </svg>
  );
}
