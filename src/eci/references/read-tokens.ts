import type { Note } from '../../credentials/types.ts';
import { isNotFound } from '../../kube/errors.ts';
import type { ObjectReference } from '../../kube/object-reference.ts';
import type { Pod } from '../../kube/types.ts';
import type { EciProviderConfig, ReferencePort } from '../types.ts';
import { referencedObjects } from './referenced-objects.ts';
import type { ReferencedToken } from './referenced-objects.ts';
import { tokenKey } from './references.ts';
import type { ServiceAccountToken } from './references.ts';

/** Tokens by {@link tokenKey}, or what they have to wait for. */
export type ReadTokens =
  | { kind: 'ready'; tokens: ReadonlyMap<string, ServiceAccountToken> }
  | { kind: 'waiting'; reason: string; message: string; missing: readonly ObjectReference[]; notes: Note[] };

/**
 * Requests the tokens of a Pod, each bound to it.
 *
 * Files of a running group cannot be rotated, so lifetimes matter. For the API server's own audience exactly what the volume
 * says is asked for: a Pod-bound request of 3607 seconds is answered with a token that holds for a year, any other number
 * is taken literally. For other audiences, where the stated lifetime is real, it is raised to the configured minimum.
 * Source: kube-apiserver, `--service-account-extend-token-expiration`. Observed: kube-apiserver 1.20 and later.
 *
 * @throws whatever the port throws; a missing ServiceAccount is an outcome, not an error.
 */
export async function readTokens(
  pod: Pod,
  port: Pick<ReferencePort, 'createToken'>,
  config: Pick<EciProviderConfig, 'minimumTokenSeconds'>,
): Promise<ReadTokens> {
  const { namespace, tokens } = referencedObjects(pod);
  const name = pod.spec?.serviceAccountName ?? 'default';
  const request = async (token: ReferencedToken): Promise<[string, ServiceAccountToken]> => {
    const { volume, path, audience, expirationSeconds } = token;
    const issued = await port.createToken(namespace, name, {
      audiences: audience === undefined ? [] : [audience],
      expirationSeconds:
        audience === undefined ? expirationSeconds : Math.max(expirationSeconds, config.minimumTokenSeconds),
      podName: pod.metadata?.name ?? '',
      podUid: pod.metadata?.uid ?? '',
    });
    return [tokenKey(volume, path), issued];
  };
  try {
    return { kind: 'ready', tokens: new Map(await Promise.all(tokens.map(request))) };
  } catch (error) {
    if (!isNotFound(error)) throw error;
    const message = `ServiceAccount ${namespace}/${name} does not exist`;
    return {
      kind: 'waiting',
      reason: 'CreateContainerConfigError',
      message,
      missing: [{ kind: 'ServiceAccount', namespace, name }],
      notes: [{ type: 'Warning', reason: 'ServiceAccountNotFound', message: `${message}; the Pod waits for it` }],
    };
  }
}
