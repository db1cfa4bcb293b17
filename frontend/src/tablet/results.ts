import type { LucideIcon } from 'lucide-react';
import '@/i18n/late/tablet';
import type { WordKey } from '@/i18n/en';
import { SIGNS } from '@/lib/inspection-answers';
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
  pass: { word: 'tablet.result.pass', icon: SIGNS.pass, soft: 'bg-success-soft text-success', edge: 'border-ready-edge' },
  attention: { word: 'tablet.result.attention', icon: SIGNS.attention, soft: 'bg-warning-soft text-warning', edge: 'border-in-progress-edge' },
  fail: { word: 'tablet.result.fail', icon: SIGNS.fail, soft: 'bg-danger-soft text-danger', edge: 'border-no-show-edge' },
  na: { word: 'tablet.result.na', icon: SIGNS.na, soft: 'bg-canceled-soft text-canceled', edge: 'border-canceled-edge' },
};
