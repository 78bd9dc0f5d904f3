import { SECRET_NAME } from '../../../../src/credential-helper/names.ts';
import type { EntryFacts, HelperFacts, PodFacts, PullFacts } from '../../../../src/cli/check/facts.ts';
import type { SecretFacts } from '../../../../src/cli/helper/secret-facts.ts';
import type { Seen } from '../../../../src/cli/helper/look.ts';

export const now = Date.UTC(2026, 10, 25, 9, 0, 0);
export const publicHost = 'demo-registry.cn-hangzhou.cr.aliyuncs.com';
export const vpcHost = 'demo-registry-vpc.cn-hangzhou.cr.aliyuncs.com';

/** An entry that serves both names of the instance demo for another 41 minutes. */
export function entryFacts(change: Partial<EntryFacts> = {}): EntryFacts {
  return {
    position: 1,
    instanceId: 'cri-demo',
    regionId: 'cn-hangzhou',
    hosts: [publicHost, vpcHost],
    state: 'serving',
    chain: 'worker role → instance cri-demo in cn-hangzhou',
    expiresAtMs: now + 41 * 60_000,
    ...change,
  };
}

/** The Secret that goes with it. */
export function secretFacts(change: Partial<SecretFacts> = {}): SecretFacts {
  return {
    ours: true,
    servers: [publicHost, vpcHost],
    expiresAtMs: now + 41 * 60_000,
    marks: [{ hosts: [publicHost, vpcHost], expiresAtMs: now + 41 * 60_000 }],
    ...change,
  };
}

export function podFacts(change: Partial<PodFacts> = {}): PodFacts {
  return {
    name: 'web-1',
    pullSecrets: [SECRET_NAME],
    containers: ['web'],
    waiting: [],
    pulled: false,
    ...change,
  };
}

/** What a test changes about a case in which everything is in order. */
export interface Change extends Partial<Omit<PullFacts, 'helper' | 'secrets' | 'pod'>> {
  helper?: Partial<HelperFacts>;
  secret?: Seen<SecretFacts>;
  otherSecrets?: Record<string, Seen<SecretFacts>>;
  pod?: Partial<PodFacts>;
}

export const seen = <T>(value: T): Seen<T> => ({ kind: 'seen', value });
export const absent = { kind: 'absent' } as const;
export const hidden = { kind: 'hidden', why: 'forbidden' } as const;

/** An image that the ServiceAccount app of team-a can pull, but for what is changed. */
export function pullFacts(change: Change = {}): PullFacts {
  const { helper, secret = seen(secretFacts()), otherSecrets = {}, pod, ...rest } = change;
  return {
    nowMs: now,
    image: `${publicHost}/team/web:1`,
    namespace: 'team-a',
    namespaceState: seen({ terminating: false }),
    serviceAccountName: 'app',
    serviceAccount: seen({ pullSecrets: [SECRET_NAME] }),
    attachFailures: [],
    secrets: new Map([[SECRET_NAME, secret], ...Object.entries(otherSecrets)]),
    helper: {
      source: 'helper',
      configuration: { kind: 'complete', namespaces: ['team-a'], serviceAccounts: ['app'] },
      entries: [entryFacts()],
      entryEvents: [],
      ...helper,
    },
    ...(pod === undefined ? {} : { pod: podFacts(pod) }),
    ...rest,
  };
}
