/** A page of documentation that follows from a table in the code. */
export interface Page {
  /** From the root of the repository. */
  path: string;
  /** Pure: the same text on every machine and every day. Ends with one line break. */
  readonly render: () => string;
}
