import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { ConsentReview } from '@/types';
import { inboxSummary, openReviews } from './data/inbox';
import { useLive } from './events';
import { consentKeys } from './query-keys';

const NONE: readonly ConsentReview[] = [];

/** The replies of a location that a person must read; they are fetched only while the inbox counts any. `isOn` where one may see texts. */
export function useOpenReviews(locationId: string, isOn: boolean): readonly ConsentReview[] {
  const client = useQueryClient();
  const { data: summary } = useQuery({ ...inboxSummary(locationId), enabled: isOn });
  const isAny = (summary?.reviews ?? 0) > 0;
  const { data = NONE } = useQuery({ ...openReviews(locationId), enabled: isOn && isAny });
  // What is asked or decided is told of its conversation.
  useLive('conversation', () => void client.invalidateQueries({ queryKey: consentKeys.reviews(locationId) }));
  return isAny ? data : NONE;
}
