import type {
  CreateContainerGroupRequest,
  EnvironmentVar,
  VolumeMount,
  VolumeRequest,
} from '../../alibaba/eci-requests.ts';
import type { Pod } from '../../kube/types.ts';
import type { Text } from '../../secret.ts';
import { resolveEnvironment } from '../environment/resolve-environment.ts';
import { serviceVariables } from '../environment/service-variables.ts';
import { Findings } from '../references/findings.ts';
import { containersOf } from '../references/mounted-volumes.ts';
import type { References } from '../references/references.ts';
import { groupCapacity } from '../size/group-capacity.ts';
import type { EciProviderConfig } from '../types.ts';
import { translateVolumes } from '../volumes/translate-volumes.ts';
import { translateVolumeMounts } from '../volumes/volume-mounts.ts';

/** The parts of a container that depend on something outside of it. */
export interface ResolvedContainer {
  variables: EnvironmentVar[];
  /** The service is told to hide the variables: one of them comes from a Secret. */
  hide: boolean;
  command?: Text[];
  args?: Text[];
  mounts: VolumeMount[];
}

/** A Pod with everything that it refers to put in its place. */
export interface ResolvedPod {
  /** By name of the container. */
  containers: ReadonlyMap<string, ResolvedContainer>;
  volumes: VolumeRequest[];
  /** When the first of its tokens ends, epoch milliseconds; absent without tokens. */
  tokenExpiresAtMs?: number;
  findings: Findings;
}

/** What a resolved Pod is a function of. */
export interface ResolveInput {
  pod: Pod;
  references: References;
  /** The request fields that annotations set. */
  asked: Partial<CreateContainerGroupRequest>;
  config: EciProviderConfig;
  /** For an update the volumes exist already: that something of them is missing by now does not matter. */
  purpose?: 'create' | 'update';
}

/** Puts what was read into the place of what refers to it. Pure: it may be repeated with more references. */
export function resolvePod({ pod, references, asked, config, purpose = 'create' }: ResolveInput): ResolvedPod {
  const findings = new Findings();
  const capacity = groupCapacity(pod, asked);
  // The zone is certain only where the Pod does not choose a vSwitch of its own.
  const zoneId = asked.vSwitchId === undefined ? config.zoneId : undefined;
  const shared = { pod, references, fields: config, capacity, findings };
  const { volumes, readOnly } = translateVolumes({
    ...shared,
    findings: purpose === 'update' ? new Findings() : findings,
    ...(zoneId === undefined ? {} : { zoneId }),
  });
  const services = config.serviceVariables
    ? serviceVariables(references.services, {
        namespace: pod.metadata?.namespace ?? '',
        links: pod.spec?.enableServiceLinks !== false,
        ...(config.apiServer === undefined ? {} : { apiServer: config.apiServer }),
      })
    : new Map<string, string>();
  const containers = containersOf(pod).map(({ container, path }): [string, ResolvedContainer] => {
    const environment = resolveEnvironment({ ...shared, container, path, services });
    const expand = (text: string): Text => environment.expand(text).text;
    return [
      container.name,
      {
        variables: environment.variables,
        hide: environment.hide,
        ...(container.command === undefined ? {} : { command: container.command.map(expand) }),
        ...(container.args === undefined ? {} : { args: container.args.map(expand) }),
        mounts: translateVolumeMounts(container, { path, environment, readOnly, findings }),
      },
    ];
  });
  if ((asked.ipv6AddressCount ?? 0) > 0) noteSingleAddress(pod, findings);
  const expiries = [...references.tokens.values()].map((token) => token.expiresAtMs);
  return {
    containers: new Map(containers),
    volumes,
    ...(expiries.length === 0 ? {} : { tokenExpiresAtMs: Math.min(...expiries) }),
    findings,
  };
}

/** The service fills in one address; a Pod with two that asks for all of them should know. */
function noteSingleAddress(pod: Pod, findings: Findings): void {
  for (const { container, path } of containersOf(pod)) {
    for (const [index, { valueFrom }] of (container.env ?? []).entries()) {
      if (valueFrom?.fieldRef?.fieldPath !== 'status.podIPs') continue;
      findings.note({
        type: 'Warning',
        reason: 'UnsupportedPodSpec',
        message: `${path}.env[${index}] (status.podIPs) is the IPv4 address alone: ECI does not tell containers the other one`,
      });
    }
  }
}
