import type { AccessKey, Identity } from '../../credentials/types.ts';
import { EciKubeletError } from '../../errors.ts';
import { shortenAccessKeyId } from '../../credentials/describe-key.ts';

/** Creates an identity from a key that does not change while the program runs. @throws EciKubeletError `EmptyAccessKey`. */
export function createAccessKeyIdentity(key: AccessKey): Identity {
  if (key.accessKeyId === '' || key.accessKeySecret.reveal() === '') {
    throw new EciKubeletError('EmptyAccessKey', 'The access key has an empty id or secret');
  }
  return {
    description: `access key ${shortenAccessKeyId(key.accessKeyId)}`,
    accessKey: () => Promise.resolve(key),
  };
}
