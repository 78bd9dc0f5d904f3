import type { Config } from '../config/options.ts';
import type { LoadedWithProfile } from '../config/load-config.ts';
import { describeProblem } from '../annotations/describe-problem.ts';
import { checkPodAnnotationValues } from '../annotations/parse-pod-annotations.ts';
import { readProfileDirectory } from '../config/load-config.ts';
import { createCachedReads } from '../kube/cached-reads.ts';
import { isForbidden, isNotFound } from '../kube/errors.ts';
import type { ConfigMap } from '../kube/types.ts';
import { ProfileEffects } from '../profile/profile-effects.ts';
import { Profile, type ProfileValues } from '../profile/profile.ts';
import { watchConfigMap } from '../profile/watch-config-map.ts';
import { watchDirectory } from '../profile/watch-directory.ts';
import type { Loop } from '../run-loops.ts';
import type { Base } from './base.ts';
import type { Cluster } from './connect-cluster.ts';

/** Where `eci-profile` comes from, and how it joins the configuration. */
export type ProfileSource = Pick<LoadedWithProfile, 'withProfile' | 'profileDirectory'>;

/** The defaults that hold at the moment, and what keeps them up to date. */
export interface OpenProfile {
  profile: Profile<Config>;
  loops: Loop[];
}

/**
 * Reads `eci-profile` for the first time: from a folder, from the API server, or not at all.
 * @throws ConfigError when it cannot be used, or when something required stands in neither configuration nor profile.
 */
export async function openProfile(base: Base, cluster: Cluster, source: ProfileSource): Promise<OpenProfile> {
  const { config, logger, clock, metrics } = base;
  const create = (values: ProfileValues, origin: string): Profile<Config> =>
    new Profile(values, {
      logger,
      checkAnnotations: (annotations) => checkPodAnnotationValues(annotations).map(describeProblem),
      configFrom: (changed) => source.withProfile(changed, origin),
    });

  const { profileDirectory: directory } = source;
  if (directory !== undefined) {
    const profile = create(await readProfileDirectory(directory), directory);
    const read = (): Promise<ProfileValues> => readProfileDirectory(directory);
    const run: Loop['run'] = (signal) => watchDirectory({ read, profile, clock, logger }, signal);
    return { profile, loops: [{ name: 'profile folder', run }] };
  }
  const [namespace = '', name = ''] = config.profileConfigMap.split('/');
  const origin = `ConfigMap ${config.profileConfigMap}`;
  const found = config.profileConfigMap === 'none' ? undefined : await readConfigMap(cluster, namespace, name);
  if (found === 'forbidden')
    logger.warn('eci-profile is not read: there is no permission', { configMap: config.profileConfigMap });
  if (found === undefined || found === 'forbidden') return { profile: create({}, origin), loops: [] };
  const profile = create(found.data ?? {}, origin);
  const { client, events } = cluster;
  const run: Loop['run'] = (signal) =>
    watchConfigMap({ client, clock, logger, metrics, events, profile, namespace, name }, signal);
  return { profile, loops: [{ name: 'profile watch', run }] };
}

/** Finds what the profile adds to single Pods. */
export function createEffects({ clock }: Base, { client }: Cluster, profile: Profile<Config>): ProfileEffects {
  const reads = createCachedReads({ client, clock });
  return new ProfileEffects({
    selectors: () => profile.selectors(),
    getNamespace: (name) => reads.namespace(name),
  });
}

/** @returns an empty one when it does not exist: it may be created later. */
async function readConfigMap({ client }: Cluster, namespace: string, name: string): Promise<ConfigMap | 'forbidden'> {
  try {
    return await client.get<ConfigMap>(`/api/v1/namespaces/${namespace}/configmaps/${name}`);
  } catch (error) {
    if (isNotFound(error)) return {};
    if (isForbidden(error)) return 'forbidden';
    throw error;
  }
}
