/**
 * Who goes first when calls have to wait, lowest number first. A deletion stops a bill, a creation has a user waiting, a delta
 * poll feeds every status; then whoever sits in front of a terminal, before followers of logs, events and figures, which come
 * again by themselves; and a sweep only confirms what the delta poll has already said.
 */
export const callPriorities = {
  delete: 0,
  create: 1,
  delta: 2,
  'by-id': 3,
  interactive: 4,
  follow: 5,
  events: 6,
  metrics: 7,
  sweep: 8,
} as const;

export type CallPriority = keyof typeof callPriorities;
