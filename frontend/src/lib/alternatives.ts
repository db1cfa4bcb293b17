/** What a choice of alternatives stands under, else the job itself. */
export const choiceKey = ({ id, choiceId }: { id: string; choiceId: string | null }): string => choiceId ?? id;

/** Jobs in their order, alternatives together at the place of the first one. */
export function groupAlternatives<T extends { id: string; choiceId: string | null }>(jobs: readonly T[]): T[][] {
  const groups = new Map<string, T[]>();
  for (const job of jobs) {
    const key = choiceKey(job);
    groups.set(key, [...(groups.get(key) ?? []), job]);
  }
  return [...groups.values()];
}
