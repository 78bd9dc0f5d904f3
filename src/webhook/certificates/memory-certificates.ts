import { randomUUID } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { Logger } from '../../telemetry/types.ts';
import { bundleHolds, joinBundle } from './bundle.ts';
import type { CertificateSource, ServingCertificate } from './certificate-source.ts';
import { createAuthority, issueCertificate, type IssuedCertificate } from './issue.ts';
import { planRenewal, type Life } from './plan-renewal.ts';

const LIFE_MS = 7 * 86_400_000;
/** How long API servers are given to learn of an authority that they are told of for the first time. */
const LEARN_MS = 3000;

/** What certificates in memory are made with. */
export interface MemoryCertificatesOptions {
  clock: Clock;
  logger: Logger;
  /** Begins the names of the authorities, by which replicas know each other's. */
  name: string;
  /** DNS names and IP addresses under which the API server finds us. */
  hosts: readonly string[];
  /** Life of a certificate, milliseconds; it is renewed at half of it. Default: a week. */
  lifeMs?: number;
}

interface Held extends Life {
  authority: string;
  served: IssuedCertificate;
}

/**
 * Keeps certificates of one replica, for programs that may store no further Secret. The authority signs one certificate, and its
 * key is forgotten at once; the key of that certificate never leaves the process. What the API server trusts are the authorities of
 * all replicas, which meet in the webhook configuration.
 */
export class MemoryCertificates implements CertificateSource {
  readonly #options: MemoryCertificatesOptions;
  #current: Held | undefined;
  #next: Held | undefined;
  /** By authority: since when it stands in the configuration, epoch milliseconds. */
  readonly #knownSinceMs = new Map<string, number>();

  constructor(options: MemoryCertificatesOptions) {
    this.#options = options;
  }

  async ensure(): Promise<ServingCertificate> {
    const current = await this.#renew();
    const caBundle = [current, ...(this.#next === undefined ? [] : [this.#next])].map(({ authority }) => authority);
    return { caBundle: caBundle.join(''), served: current.served };
  }

  join(stored: string, own: string): string {
    const { name, clock, lifeMs = LIFE_MS } = this.#options;
    // Twice the life: clocks of replicas differ.
    return joinBundle(stored, own, { name, maxLifeMs: 2 * lifeMs }, clock.nowMs());
  }

  noteStored(bundle: string): void {
    const nowMs = this.#options.clock.nowMs();
    const held = [this.#current, this.#next].flatMap((one) => (one === undefined ? [] : [one.authority]));
    const known = held.filter((authority) => bundleHolds(bundle, authority));
    for (const authority of this.#knownSinceMs.keys()) {
      if (!known.includes(authority)) this.#knownSinceMs.delete(authority);
    }
    for (const authority of known) {
      if (!this.#knownSinceMs.has(authority)) this.#knownSinceMs.set(authority, nowMs);
    }
  }

  isKnown(): boolean {
    const sinceMs = this.#current === undefined ? undefined : this.#knownSinceMs.get(this.#current.authority);
    return sinceMs !== undefined && this.#options.clock.nowMs() >= sinceMs + LEARN_MS;
  }

  async #renew(): Promise<Held> {
    for (;;) {
      const [current, next] = [this.#current, this.#next];
      const nextKnownSinceMs = next === undefined ? undefined : this.#knownSinceMs.get(next.authority);
      const step = planRenewal(
        {
          ...(current === undefined ? {} : { current }),
          ...(next === undefined ? {} : { next }),
          ...(nextKnownSinceMs === undefined ? {} : { nextKnownSinceMs }),
        },
        this.#options.clock.nowMs(),
      );
      if (step === 'keep' && current !== undefined) return current;
      this.#options.logger.info('certificate of the webhook', { step });
      if (step === 'prepare') this.#next = await this.#make();
      else {
        this.#current = step === 'switch' && next !== undefined ? next : await this.#make();
        this.#next = undefined;
      }
    }
  }

  async #make(): Promise<Held> {
    const { clock, hosts, name, lifeMs = LIFE_MS } = this.#options;
    const nowMs = clock.nowMs();
    const authority = await createAuthority(`${name} ${randomUUID().slice(0, 8)}`, nowMs, lifeMs);
    const served = await issueCertificate(authority, { hosts, nowMs, lifeMs });
    return { authority: authority.certificate, served, madeAtMs: nowMs, expiresAtMs: served.expiresAtMs };
  }
}
