import type { AccessKey } from '../../credentials/types.ts';
import { EciKubeletError } from '../../errors.ts';
import { isNotFound } from '../../kube/errors.ts';
import type { KubeClient, KubeSecret } from '../../kube/types.ts';
import { Secret } from '../../secret.ts';
import { ADDON_SECRET } from '../names.ts';

const WHERE = `Secret ${ADDON_SECRET.namespace}/${ADDON_SECRET.name}`;

/**
 * Reads the access key of registered clusters.
 * @throws EciKubeletError `AddonSecretMissing`, or `AddonSecretInvalid` where one of its keys is missing or empty; never quotes it.
 * @throws KubeApiError when the API server refuses or gives no answer.
 * Source: ACK documentation, registered clusters: `access-key-id` and `access-key-secret`.
 */
export async function readAddonSecretKey(client: Pick<KubeClient, 'get'>): Promise<AccessKey> {
  const { namespace, name } = ADDON_SECRET;
  const secret = await client
    .get<KubeSecret>(`/api/v1/namespaces/${namespace}/secrets/${name}`)
    .catch((cause: unknown) => {
      if (!isNotFound(cause)) throw cause;
      throw new EciKubeletError('AddonSecretMissing', `The ${WHERE}, whose access key is used, is gone`, { cause });
    });
  return {
    accessKeyId: valueOf(secret, 'access-key-id'),
    accessKeySecret: new Secret(valueOf(secret, 'access-key-secret')),
  };
}

function valueOf(secret: KubeSecret, key: string): string {
  // Trimmed: keys that were written with `echo` end in a newline.
  const value = Buffer.from(secret.data?.[key] ?? '', 'base64')
    .toString('utf8')
    .trim();
  if (value === '') throw new EciKubeletError('AddonSecretInvalid', `The ${WHERE} has no ${key}`);
  return value;
}
