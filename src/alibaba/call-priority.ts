/**
 * Who goes first when calls have to wait, lowest number first. A deletion stops a bill, a creation has a user waiting, and a
 * sweep only confirms what the delta poll has already said.
 */
export const callPriorities = { delete: 0, create: 1, delta: 2, 'by-id': 3, events: 4, sweep: 5 } as const;

export type CallPriority = keyof typeof callPriorities;
