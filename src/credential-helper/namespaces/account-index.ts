import type { ReflectorEvent } from '../../kube/reflector.ts';
import type { ServiceAccount } from '../../kube/types.ts';

/** For so long a version that we wrote stands in for the cache that has not seen it yet. */
const TRUST_MS = 10_000;

/** ServiceAccounts by namespace, as the watch shows them, or as we wrote them a moment ago. */
export class AccountIndex {
  readonly #byNamespace = new Map<string, Map<string, ServiceAccount>>();
  readonly #written = new Map<string, { account: ServiceAccount; untilMs: number }>();
  readonly #nowMs: () => number;

  /** @param nowMs epoch milliseconds. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Is this very ServiceAccount there, as far as the watch has told? */
  has({ metadata }: ServiceAccount): boolean {
    const { namespace = '', name = '', uid } = metadata ?? {};
    const known = this.#byNamespace.get(namespace)?.get(name);
    return known !== undefined && known.metadata?.uid === uid;
  }

  /** Takes an event of the watch. @returns the namespace. */
  take({ type, object }: ReflectorEvent<ServiceAccount>): string {
    const { namespace = '', name = '', resourceVersion } = object.metadata ?? {};
    const accounts = this.#byNamespace.get(namespace) ?? new Map<string, ServiceAccount>();
    const key = `${namespace}/${name}`;
    const ours = this.#written.get(key)?.account.metadata?.resourceVersion;
    if (type === 'deleted' || isAsNew(resourceVersion, ours)) this.#written.delete(key);
    if (type === 'deleted') accounts.delete(name);
    else accounts.set(name, object);
    if (accounts.size === 0) this.#byNamespace.delete(namespace);
    else this.#byNamespace.set(namespace, accounts);
    return namespace;
  }

  /** Notes what a write has answered, until the watch shows it: a stale cache would have it written again. */
  wrote(account: ServiceAccount): void {
    const { namespace = '', name = '', resourceVersion } = account.metadata ?? {};
    // The watch is often quicker than the answer. It may even show already what somebody else has made of it.
    const shown = this.#byNamespace.get(namespace)?.get(name);
    if (shown === undefined || isAsNew(shown.metadata?.resourceVersion, resourceVersion)) return;
    this.#written.set(`${namespace}/${name}`, { account, untilMs: this.#nowMs() + TRUST_MS });
  }

  /** @returns the ServiceAccounts of a namespace, in no order. */
  of(namespace: string): ServiceAccount[] {
    return [...(this.#byNamespace.get(namespace)?.entries() ?? [])].map(([name, account]) => {
      const key = `${namespace}/${name}`;
      const written = this.#written.get(key);
      if (written === undefined) return account;
      if (this.#nowMs() < written.untilMs) return written.account;
      this.#written.delete(key);
      return account;
    });
  }
}

/**
 * Versions are numbers that grow, in every version of Kubernetes so far. Where they are not, only the very version counts, and the
 * time limit does the rest.
 */
function isAsNew(version: string | undefined, ours: string | undefined): boolean {
  if (version === undefined || ours === undefined) return true;
  if (version === ours) return true;
  const isNumber = /^\d+$/;
  return isNumber.test(version) && isNumber.test(ours) && BigInt(version) > BigInt(ours);
}
