import type { CreateContainerGroupRequest } from '../../alibaba/eci-requests.ts';
import { toRfc3339 } from '../../clock.ts';
import type { Pod } from '../../kube/types.ts';
import { TOKEN_EXPIRY_ANNOTATION } from '../../node/token-expiry.ts';
import type { EciInstance } from '../instance/eci-instance.ts';
import { HELD_CREDENTIALS_ANNOTATION } from '../renewal/held-credentials.ts';

const PREFIX = 'k8s.aliyun.com/';

/** Annotations that link a Pod to what was made for it. Source: ECI help centre, Pod annotations, added after scheduling. */
export const INSTANCE_ID_ANNOTATION = `${PREFIX}eci-instance-id`;
/** See {@link INSTANCE_ID_ANNOTATION}. */
export const CLIENT_TOKEN_ANNOTATION = `${PREFIX}eci-client-token`;
/** See {@link INSTANCE_ID_ANNOTATION}. */
export const REQUEST_ID_ANNOTATION = `${PREFIX}eci-request-id`;

/** What the service calls a container group. Anything else in a call by id could refuse that call for every other id in it. */
const INSTANCE_ID = /^eci-[a-z0-9]+$/;

/**
 * Lists what a create writes on the Pod. Values that are not known are left out, never written empty.
 * @param tokenExpiresAtMs when the first token of the Pod ends, epoch milliseconds; absent without tokens.
 */
export function createdAnnotations(
  request: CreateContainerGroupRequest,
  answer: { containerGroupId: string; requestId: string },
  tokenExpiresAtMs?: number,
): Record<string, string> {
  return {
    ...tokenExpiryAnnotation(tokenExpiresAtMs),
    [INSTANCE_ID_ANNOTATION]: answer.containerGroupId,
    [CLIENT_TOKEN_ANNOTATION]: request.clientToken,
    ...defined({
      'eci-request-id': answer.requestId,
      ...sizeAnnotations(request.cpu, request.memory),
      'eci-matched-image-cache': request.imageSnapshotId,
      'allocated-eipInstanceId': request.eipInstanceId,
    }),
  };
}

/**
 * Compares what is known of an instance with what the Pod says.
 * @returns the annotations that are missing or differ, or undefined when there are none.
 */
export function missingAnnotations(pod: Pod, instance: EciInstance): Record<string, string> | undefined {
  const { facts, renewal } = instance;
  const present = pod.metadata?.annotations ?? {};
  const bySpec = facts.instanceType?.startsWith('ecs.') === true ? { 'eci-instance-spec': facts.instanceType } : {};
  const wanted = {
    [INSTANCE_ID_ANNOTATION]: instance.instanceId,
    ...(renewal?.held === undefined ? {} : { [HELD_CREDENTIALS_ANNOTATION]: renewal.held }),
    ...defined({
      ...sizeAnnotations(facts.cpu, facts.memoryGiB),
      ...bySpec,
      'eci-instance-compute-category': facts.computeCategory,
      'eci-instance-zone': facts.zoneId,
      'eci-vpc': facts.vpcId,
      'eni-instance-id': facts.eniInstanceId,
      'allocated-eipAddress': facts.internetIp,
      'allocated-ipv6Address': instance.podIps.find((ip) => ip.includes(':')),
    }),
  };
  const missing = Object.entries(wanted).filter(([key, value]) => present[key] !== value);
  return missing.length === 0 ? undefined : Object.fromEntries(missing);
}

/**
 * Reads the instance id that an earlier create wrote. An id that came along in a copied manifest is told by the client token
 * beside it, which starts with the UID of the Pod it was made for.
 * @returns undefined also for a text that is no id of a container group.
 */
export function createdInstanceId(pod: Pod): string | undefined {
  const annotations = pod.metadata?.annotations;
  const id = annotations?.[INSTANCE_ID_ANNOTATION];
  if (id === undefined || !INSTANCE_ID.test(id)) return undefined;
  const token = annotations?.[CLIENT_TOKEN_ANNOTATION];
  const uid = pod.metadata?.uid ?? '';
  return token === undefined || token.startsWith(`${uid}-`) ? id : undefined;
}

/** What the monitor of tokens goes by, after a restart as well. @param expiresAtMs epoch milliseconds; absent without tokens. */
export function tokenExpiryAnnotation(expiresAtMs: number | undefined): Record<string, string> {
  return expiresAtMs === undefined ? {} : { [TOKEN_EXPIRY_ANNOTATION]: toRfc3339(expiresAtMs) };
}

function sizeAnnotations(cpu: number | undefined, memoryGiB: number | undefined): Record<string, string | undefined> {
  if (cpu === undefined || memoryGiB === undefined) return {};
  return {
    'eci-instance-spec': `${decimal(cpu)}-${decimal(memoryGiB)}Gi`,
    'eci-instance-cpu': decimal(cpu),
    'eci-instance-mem': decimal(memoryGiB),
  };
}

/** Whole numbers carry one decimal: `2.0`. */
function decimal(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

function defined(values: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [key, value] of Object.entries(values)) {
    if (value !== undefined && value !== '') kept[`${PREFIX}${key}`] = value;
  }
  return kept;
}
