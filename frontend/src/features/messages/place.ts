/** Where a thread stands: with a job, or as a conversation of the inbox. */
export type Place = { kind: 'job'; id: string } | { kind: 'conversation'; id: string };

/** The address of the thread's texts; also what its draft is kept under. */
export function pathOf({ kind, id }: Place): string {
  return kind === 'job' ? `/api/appointments/${id}/messages` : `/api/inbox/${id}/messages`;
}
