/** A controller that also fires when its parent does, until it is unlinked. */
export interface LinkedAbort {
  readonly controller: AbortController;
  unlink(): void;
}

/**
 * Ties a controller to a parent that lives much longer.
 * `AbortSignal.any` is not used: thousands of short calls would each leave an entry on the parent until collected.
 */
export function linkAbort(parent: AbortSignal | undefined): LinkedAbort {
  const controller = new AbortController();
  if (parent === undefined) return { controller, unlink: () => {} };
  const onAbort = (): void => controller.abort(parent.reason);
  if (parent.aborted) onAbort();
  else parent.addEventListener('abort', onAbort, { once: true });
  return { controller, unlink: () => parent.removeEventListener('abort', onAbort) };
}
