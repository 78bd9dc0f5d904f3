/** Exit codes of every command. Scripts rely on them. */
export const exitCode = {
  /** Done, nothing to complain about. */
  ok: 0,
  /** The command did its work and found problems, or failed while running. */
  problems: 1,
  /** It was called wrongly or configured wrongly, and did nothing. */
  usage: 2,
  /** Another replica leads: start it again, and it waits for its turn. */
  lostLeadership: 3,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];
