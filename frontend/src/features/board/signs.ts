/** The signs of the cards, which stand on the board by the hundred; `StatusBoard` draws each of them once. */
import {
  Armchair as armchair,
  CalendarCheck as calendarCheck,
  CheckCheck as checkCheck,
  CircleAlert as circleAlert,
  CircleX as circleX,
  Clock as clock,
  DollarSign as dollarSign,
  Hand as hand,
  History as history,
  Layers2 as layers2,
  MessageSquare as messageSquare,
  MessageSquareDashed as messageSquareDashed,
  MessageSquareReply as messageSquareReply,
  MessageSquareWarning as messageSquareWarning,
  MessageSquareX as messageSquareX,
  MoreHorizontal as moreHorizontal,
  PackageSearch as packageSearch,
  Tag as tag,
  TriangleAlert as triangleAlert,
} from 'lucide-react';
import { repeated } from '@/components/ui/signs';

export const Armchair = repeated(armchair);
export const CalendarCheck = repeated(calendarCheck);
export const CheckCheck = repeated(checkCheck);
export const CircleAlert = repeated(circleAlert);
export const CircleX = repeated(circleX);
export const Clock = repeated(clock);
export const DollarSign = repeated(dollarSign);
export const Hand = repeated(hand);
export const History = repeated(history);
export const Layers2 = repeated(layers2);
export const MessageSquare = repeated(messageSquare);
export const MessageSquareDashed = repeated(messageSquareDashed);
export const MessageSquareReply = repeated(messageSquareReply);
export const MessageSquareWarning = repeated(messageSquareWarning);
export const MessageSquareX = repeated(messageSquareX);
export const MoreHorizontal = repeated(moreHorizontal);
export const PackageSearch = repeated(packageSearch);
export const Tag = repeated(tag);
export const TriangleAlert = repeated(triangleAlert);
