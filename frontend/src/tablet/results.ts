import type { LucideIcon } from 'lucide-react';
import { Ban, CircleCheck, OctagonAlert, TriangleAlert } from 'lucide-react';
import '@/i18n/late/tablet';
import type { WordKey } from '@/i18n/en';
import type { Result } from '@/offline/types';

interface ResultLook {
  word: WordKey;
  icon: LucideIcon;
  /** Text and soft ground. */
  soft: string;
  edge: string;
}

/** Sign, word and colour of each answer, never the colour alone. */
export const RESULTS: Record<Result, ResultLook> = {
  pass: { word: 'tablet.result.pass', icon: CircleCheck, soft: 'bg-success-soft text-success', edge: 'border-ready-edge' },
  attention: { word: 'tablet.result.attention', icon: TriangleAlert, soft: 'bg-warning-soft text-warning', edge: 'border-in-progress-edge' },
  fail: { word: 'tablet.result.fail', icon: OctagonAlert, soft: 'bg-danger-soft text-danger', edge: 'border-no-show-edge' },
  na: { word: 'tablet.result.na', icon: Ban, soft: 'bg-canceled-soft text-canceled', edge: 'border-canceled-edge' },
};
