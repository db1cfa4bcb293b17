import type { ReactNode } from 'react';
import { Layer } from './Layer';

interface DrawerProps {
  labelledBy: string;
  onClose: () => void;
  returnFocus?: () => boolean;
  children: ReactNode;
}

/** A panel over the right side of the page, the whole width below 768 px. */
export function Drawer({ labelledBy, onClose, returnFocus, children }: DrawerProps) {
  return (
    <Layer
      onClose={onClose}
      labelledBy={labelledBy}
      returnFocus={returnFocus}
      align="right"
      panelClassName="h-full w-full border-l border-line motion-safe:animate-slide md:max-w-[560px]"
    >
      {children}
    </Layer>
  );
}
