import { isForbidden, isNotFound } from '../../kube/errors.ts';
import type { KubeClient, KubeObject } from '../../kube/types.ts';
import type { Logger } from '../../telemetry/types.ts';
import { ADDON_SECRET } from '../names.ts';
import type { BaseIdentity } from './model.ts';
import { describeEntryIdentity } from './plan-description.ts';

/** Clusters made from here on use the managed role, unless told otherwise. Source: ACK documentation, tokenMode. */
export const MANAGED_ROLE_SINCE = '2023-04-03T00:00:00+08:00';

/** What the base identity depends on. */
export interface BaseFacts {
  tokenMode: 'auto' | 'managedRole' | 'workerRole';
  hasAddonSecret: boolean;
  /** Epoch milliseconds; when the namespace `kube-system` was made stands for it. */
  clusterCreatedAtMs: number;
}

/** Who the program is where an entry brings no identity of its own, and how that came. */
export interface ChosenBase {
  base: BaseIdentity;
  /** One line without secrets, for the log and `status`: `worker role, because …`. */
  words: string;
}

/** Decides the base identity. Pure. */
export function chooseBaseIdentity({ tokenMode, hasAddonSecret, clusterCreatedAtMs }: BaseFacts): ChosenBase {
  if (hasAddonSecret) return chosen('addon-secret', 'that Secret is there');
  if (tokenMode === 'managedRole') return chosen('managed-role', 'tokenMode is managedRole');
  if (tokenMode === 'workerRole') return chosen('worker-role', 'tokenMode is workerRole');
  const day = MANAGED_ROLE_SINCE.slice(0, 10);
  return clusterCreatedAtMs < Date.parse(MANAGED_ROLE_SINCE)
    ? chosen('worker-role', `tokenMode is auto and the cluster was made before ${day}`)
    : chosen('managed-role', `tokenMode is auto and the cluster was made on or after ${day}`);
}

function chosen(base: BaseIdentity, why: string): ChosenBase {
  return { base, words: `${describeEntryIdentity({ kind: 'base', base })}, because ${why}` };
}

/** Finds out which base identity is in effect. */
export interface BaseIdentityFinder {
  /**
   * Looks again whether the add-on Secret is there; what does not change about the cluster is read once.
   * @throws KubeApiError when the API server gives no answer; a missing right to read the Secret is an answer.
   */
  find(): Promise<ChosenBase>;
  /** The last answer of {@link find}. */
  current(): ChosenBase | undefined;
  /** Called after {@link find} has found another base identity than the time before. */
  onChange(listener: () => void): void;
}

/** Makes a finder that has not looked yet. */
export function createBaseIdentityFinder(options: {
  client: Pick<KubeClient, 'get'>;
  tokenMode: BaseFacts['tokenMode'];
  logger: Logger;
}): BaseIdentityFinder {
  const { client, tokenMode, logger } = options;
  const listeners: (() => void)[] = [];
  let current: ChosenBase | undefined;
  let clusterCreatedAtMs: number | undefined;
  let saidForbidden = false;

  async function hasAddonSecret(): Promise<boolean> {
    const { namespace, name } = ADDON_SECRET;
    try {
      await client.get(`/api/v1/namespaces/${namespace}/secrets/${name}`);
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      if (!isForbidden(error)) throw error;
      if (!saidForbidden)
        logger.info('no right to read the add-on Secret, so it counts as not there', { secret: name });
      saidForbidden = true;
      return false;
    }
  }

  async function createdAtMs(): Promise<number> {
    const namespace = await client.get<KubeObject>('/api/v1/namespaces/kube-system');
    const createdMs = Date.parse(namespace.metadata?.creationTimestamp ?? '');
    // Every API server fills it in. Without it the answer is the one that holds for all clusters of today.
    return Number.isNaN(createdMs) ? Infinity : createdMs;
  }

  async function find(): Promise<ChosenBase> {
    clusterCreatedAtMs ??= await createdAtMs();
    const found = chooseBaseIdentity({ tokenMode, hasAddonSecret: await hasAddonSecret(), clusterCreatedAtMs });
    const previous = current;
    current = found;
    if (found.words !== previous?.words) logger.info('base identity decided', { identity: found.words });
    if (previous !== undefined && found.base !== previous.base) for (const listener of listeners) listener();
    return found;
  }

  return {
    find,
    current: () => current,
    onChange: (listener) => void listeners.push(listener),
  };
}
