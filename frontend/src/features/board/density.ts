import { useState } from 'react';
import { useCoarsePointer } from '@/lib/media';
import { readStored, writeStored } from '@/lib/stored';

export type Density = 'comfortable' | 'compact';

/** Heights of a card in pixels; a finger needs the taller ones. */
const HEIGHTS: Record<Density, { fine: number; coarse: number }> = {
  comfortable: { fine: 110, coarse: 132 },
  compact: { fine: 80, coarse: 100 },
};
export const CARD_GAP = 8;

export function useDensity(): { density: Density; cardHeight: number; setDensity: (density: Density) => void } {
  const isCoarse = useCoarsePointer();
  const [density, set] = useState<Density>(readStored('board.density') === 'compact' ? 'compact' : 'comfortable');
  return {
    density,
    cardHeight: HEIGHTS[density][isCoarse ? 'coarse' : 'fine'],
    setDensity: (next) => {
      writeStored('board.density', next === 'compact' ? next : null);
      set(next);
    },
  };
}
