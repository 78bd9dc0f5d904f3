import type { CreateImageCacheRequest } from '../alibaba/eci-requests.ts';
import { describeProblem } from '../annotations/describe-problem.ts';
import type { ImageCacheIntent, Parsed, Problem } from '../annotations/types.ts';
import type { CredentialResolver, Note, PullSecretCredential } from '../credentials/types.ts';
import { unprotectedHosts } from '../credentials/unprotected-hosts.ts';
import { buildImageCacheRequest, overruledAnnotations } from './build-request.ts';
import type { ImageCacheDefaults } from './build-request.ts';
import type { ImageCacheObject } from './types.ts';
import { validateSpec } from './validate-spec.ts';

/** The result of reading the Secrets that an ImageCache names. */
export interface PullSecretsRead {
  credentials: PullSecretCredential[];
  /** What only another spec can repair. */
  problems: Problem[];
  /** One per Secret that is missing or cannot be used; the ImageCache waits while there is any. */
  pending: Note[];
  /** Harmless remarks. */
  notes: Note[];
}

export interface PrepareOptions {
  parseAnnotations: (annotations: Readonly<Record<string, string>>) => Parsed<ImageCacheIntent>;
  readPullSecrets: (references: readonly string[]) => Promise<PullSecretsRead>;
  credentials: CredentialResolver;
  defaults: ImageCacheDefaults;
}

/** A request that is ready to be sent, or why there is none. */
export type Prepared =
  | { kind: 'ready'; request: CreateImageCacheRequest; notes: Note[] }
  | { kind: 'invalid'; reason: 'InvalidSpec' | 'InvalidAnnotation'; problems: Problem[] }
  | { kind: 'pending'; notes: Note[] };

/**
 * Turns an ImageCache into the request for it: validate, parse, read Secrets, resolve credentials, build. No ECI call.
 * @throws CredentialError when a role chain fails, KubeApiError when a Secret cannot be read.
 */
export async function prepareImageCache(
  object: ImageCacheObject,
  options: PrepareOptions & { attempt: number },
): Promise<Prepared> {
  const valid = validateSpec(object.spec);
  const parsed = options.parseAnnotations(object.metadata?.annotations ?? {});
  if (!valid.ok) return { kind: 'invalid', reason: 'InvalidSpec', problems: valid.problems };
  if (!parsed.ok) return { kind: 'invalid', reason: 'InvalidAnnotation', problems: parsed.problems };

  const secrets = await options.readPullSecrets(valid.spec.imagePullSecrets);
  if (secrets.problems.length > 0) return { kind: 'invalid', reason: 'InvalidSpec', problems: secrets.problems };
  if (secrets.pending.length > 0) return { kind: 'pending', notes: secrets.pending };
  const credentials = await options.credentials.resolve({
    images: valid.spec.images,
    entries: parsed.intent.acrEntries,
    pullSecrets: secrets.credentials,
  });
  const unprotected = unprotectedHosts(credentials.hosts, parsed.intent.request);
  if (unprotected.length > 0) return { kind: 'invalid', reason: 'InvalidAnnotation', problems: unprotected };
  const warnings = [...parsed.intent.warnings, ...overruledAnnotations(valid.spec, parsed.intent)];
  return {
    kind: 'ready',
    request: buildImageCacheRequest({
      object: {
        name: object.metadata?.name ?? '',
        uid: object.metadata?.uid ?? '',
        generation: object.metadata?.generation ?? 1,
      },
      attempt: options.attempt,
      spec: valid.spec,
      intent: parsed.intent,
      credentials,
      defaults: options.defaults,
    }),
    notes: [
      ...secrets.notes,
      ...warnings.map((problem): Note => ({
        type: 'Warning',
        reason: 'AnnotationIgnored',
        message: describeProblem(problem),
      })),
      ...credentials.notes,
    ],
  };
}
