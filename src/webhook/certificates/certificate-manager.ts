import type { Clock } from '../../clock.ts';
import { isAlreadyExists, isConflict, isNotFound } from '../../kube/errors.ts';
import type { KubeClient, KubeSecret } from '../../kube/types.ts';
import type { Logger } from '../../telemetry/types.ts';
import { caBundle, readAuthorities, writeAuthorities, type Authorities, type Authority } from './authority.ts';
import type { CertificateSource, ServingCertificate } from './certificate-source.ts';
import { createAuthority, issueCertificate, type IssuedCertificate } from './issue.ts';
import { planRotation, type RotationStep } from './plan-rotation.ts';

const AUTHORITY_LIFE_MS = 365 * 86_400_000;
/** Never leaves the process, so a restart makes a new one anyway. */
const CERTIFICATE_LIFE_MS = 30 * 86_400_000;
const RENEW_SHARE = 2 / 3;
/** Steps of one look: a rotation has four, and replicas may get in each other's way. */
const MAX_STEPS = 8;

/** What certificates are managed with. */
export interface CertificateManagerOptions {
  client: Pick<KubeClient, 'get' | 'create' | 'replace'>;
  clock: Clock;
  logger: Logger;
  /** Holds the authorities; replicas share it. */
  secret: { namespace: string; name: string };
  /** DNS names and IP addresses under which the API server finds us. */
  hosts: readonly string[];
  /** Life of an authority, milliseconds. Default: a year. */
  authorityLifeMs?: number;
}

/**
 * Keeps a certificate for a server that only the API server calls. The authorities are in a Secret; the keys of what they sign
 * stay in the process.
 */
export class CertificateManager implements CertificateSource {
  readonly #options: CertificateManagerOptions;
  #served: { by: Authority; certificate: IssuedCertificate; renewAtMs: number } | undefined;

  constructor(options: CertificateManagerOptions) {
    this.#options = options;
  }

  /** Does what is due and says what holds now. @throws KubeApiError when the Secret cannot be read or written. */
  async ensure(): Promise<ServingCertificate> {
    const authorities = await this.#rotate();
    const { active } = authorities;
    if (active === undefined) throw new Error('the rotation ended without an authority');
    return { caBundle: caBundle(authorities), served: await this.#certificateOf(active) };
  }

  /** Replicas share their authorities, so what each of them has is all that there is. */
  join(_stored: string, own: string): string {
    return own;
  }

  noteStored(): void {}

  /** A successor is trusted long before it signs. */
  isKnown(): boolean {
    return this.#served !== undefined;
  }

  async #rotate(): Promise<Authorities> {
    const { clock, logger, secret } = this.#options;
    for (let step = 0; ; step += 1) {
      const found = await this.#read();
      const authorities = readAuthorities(found?.data ?? {});
      const plan = planRotation(authorities, clock.nowMs());
      if (plan.do === 'keep') return authorities;
      if (step === MAX_STEPS)
        throw new Error(`Secret ${secret.namespace}/${secret.name} is changed by others all the time`);
      if (await this.#write(found, await this.#carryOut(plan, authorities))) {
        logger.info('certificate authority of the webhooks', {
          secret: `${secret.namespace}/${secret.name}`,
          step: plan.do,
        });
      }
    }
  }

  async #carryOut(plan: RotationStep, authorities: Authorities): Promise<Authorities> {
    const { active, next, previous } = authorities;
    switch (plan.do) {
      case 'create':
        return { active: await this.#create(), ...(active === undefined ? {} : { previous: active.certificate }) };
      case 'prepare':
        return { ...authorities, next: await this.#create() };
      case 'promote': {
        const before = active?.certificate ?? previous;
        return {
          ...(next === undefined ? {} : { active: next }),
          ...(before === undefined ? {} : { previous: before }),
        };
      }
      case 'retire':
        return active === undefined ? {} : { active };
      case 'keep':
        return authorities;
      default:
        return plan satisfies never;
    }
  }

  async #create(): Promise<Authority> {
    const { clock, authorityLifeMs = AUTHORITY_LIFE_MS } = this.#options;
    return await createAuthority('eci-kubelet webhooks', clock.nowMs(), authorityLifeMs);
  }

  async #certificateOf(active: Authority): Promise<IssuedCertificate> {
    const { clock, hosts } = this.#options;
    const nowMs = clock.nowMs();
    const served = this.#served;
    if (served !== undefined && served.by.certificate === active.certificate && nowMs < served.renewAtMs) {
      return served.certificate;
    }
    const certificate = await issueCertificate(active, { hosts, nowMs, lifeMs: CERTIFICATE_LIFE_MS });
    const renewAtMs = nowMs + (certificate.expiresAtMs - nowMs) * RENEW_SHARE;
    this.#served = { by: active, certificate, renewAtMs };
    return certificate;
  }

  async #read(): Promise<KubeSecret | undefined> {
    try {
      return await this.#options.client.get<KubeSecret>(this.#path());
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** @returns false when another replica was faster, which is to be read then. */
  async #write(found: KubeSecret | undefined, authorities: Authorities): Promise<boolean> {
    const { client, secret } = this.#options;
    const data = writeAuthorities(authorities);
    try {
      if (found === undefined) {
        const path = this.#path().slice(0, -secret.name.length - 1);
        await client.create(path, { apiVersion: 'v1', kind: 'Secret', metadata: secret, type: 'Opaque', data });
      } else {
        // With the version that was read: replicas that rotate at the same time must not undo each other's step.
        await client.replace(this.#path(), { ...found, apiVersion: 'v1', kind: 'Secret', data });
      }
      return true;
    } catch (error) {
      if (isConflict(error) || isAlreadyExists(error)) return false;
      throw error;
    }
  }

  #path(): string {
    const { namespace, name } = this.#options.secret;
    return `/api/v1/namespaces/${namespace}/secrets/${name}`;
  }
}
