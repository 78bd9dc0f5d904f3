/**
 * Goes on when something is done: at once when there is nothing to wait for, so that a clock that tests move by hand meets no
 * pause where no process runs.
 * @param onFailed told what a rejected promise says; without it a failure counts as done.
 */
export function whenDone(
  waiting: Promise<unknown> | undefined,
  then: () => void,
  onFailed: (error: unknown) => void = then,
): void {
  if (waiting === undefined) {
    then();
  } else {
    void waiting.then(then, onFailed);
  }
}
