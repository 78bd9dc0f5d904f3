import { parseImageCacheAnnotations } from '../annotations/parse-image-cache-annotations.ts';
import { CredentialError } from '../credentials/errors.ts';
import { createPullSecretReader } from '../credentials/pull-secret-reader.ts';
import { classifyFailure } from '../eci/create/classify-failure.ts';
import { createImageCacheController } from '../imagecache/create-controller.ts';
import { createCachedReads } from '../kube/cached-reads.ts';
import type { Config } from '../config/options.ts';
import type { Profile } from '../profile/profile.ts';
import type { Loop } from '../run-loops.ts';
import type { Base } from './base.ts';
import type { Cloud } from './connect-cloud.ts';
import type { Cluster } from './connect-cluster.ts';

/** Connects the controller of ImageCaches. */
export function createImageCaches(
  base: Base,
  { client, facts, events }: Cluster,
  { cloud, profile }: { cloud: Cloud; profile: Profile<Config> },
): Loop[] {
  const { config, logger, metrics, clock, random } = base;
  const reads = createCachedReads({ client, clock });
  const everywhere = config.imageCacheSecretNamespaces.includes('*');
  const pullSecrets = createPullSecretReader(
    { getSecret: (namespace, name) => reads.secret(namespace, name) },
    everywhere ? {} : { allowedNamespaces: config.imageCacheSecretNamespaces },
  );
  return createImageCacheController({
    client,
    clock,
    logger,
    metrics,
    events,
    random,
    eci: cloud.eci,
    parseAnnotations: parseImageCacheAnnotations,
    readPullSecrets: (references) => pullSecrets.forImageCache(references),
    credentials: cloud.credentials,
    classify: (error) => ({ ...classifyFailure(error), credential: error instanceof CredentialError }),
    defaults: {
      regionId: config.regionId,
      clusterId: config.clusterId ?? facts.clusterId,
      // Asked anew for each ImageCache: eci-profile may change.
      get vSwitchIds() {
        return profile.current().vSwitchIds;
      },
      get securityGroupId() {
        return profile.current().securityGroupId;
      },
      get resourceGroupId() {
        return profile.current().resourceGroupId;
      },
    },
  });
}
