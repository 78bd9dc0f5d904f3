import type { EciAction } from './action.ts';
import { createContainerGroup } from './actions/create-container-group.ts';
import { createImageCache } from './actions/create-image-cache.ts';
import { deleteContainerGroup } from './actions/delete-container-group.ts';
import { deleteImageCache } from './actions/delete-image-cache.ts';
import { describeContainerGroupEvents } from './actions/describe-container-group-events.ts';
import { describeContainerGroupStatus } from './actions/describe-container-group-status.ts';
import { describeContainerGroupMetric } from './actions/describe-container-group-metric.ts';
import { describeContainerGroups } from './actions/describe-container-groups.ts';
import { describeContainerLog } from './actions/describe-container-log.ts';
import { describeImageCaches } from './actions/describe-image-caches.ts';
import { describeMultiContainerGroupMetric } from './actions/describe-multi-container-group-metric.ts';
import { describeRegions } from './actions/describe-regions.ts';
import { EXEC_PATH, execContainerCommand } from './actions/exec-container-command.ts';
import { listUsage } from './actions/list-usage.ts';
import { restartContainerGroup } from './actions/restart-container-group.ts';
import { updateContainerGroup } from './actions/update-container-group.ts';
import { updateImageCache } from './actions/update-image-cache.ts';
import { addEciControl } from './eci-control.ts';
import { createEciService } from './eci-service.ts';
import type { EciService } from './eci-service.ts';
import type { AddressClaims } from './group/address-pool.ts';
import type { ContainerRuntime } from './group/container-runtime.ts';
import type { EciHost } from './host.ts';
import { randomIdentifiers } from './identifiers.ts';
import type { Identifiers } from './identifiers.ts';
import { changeLog } from './log/log-control.ts';
import type { UsageSource } from './metrics/group-usage.ts';
import { eciState } from './state.ts';

/** The version of the ECI API that is simulated. */
const VERSION = '2018-08-08';

/** Every action that is answered, by its name. */
const ACTIONS: Readonly<Record<string, EciAction>> = {
  CreateContainerGroup: createContainerGroup,
  DeleteContainerGroup: deleteContainerGroup,
  DescribeContainerGroups: describeContainerGroups,
  DescribeContainerGroupStatus: describeContainerGroupStatus,
  DescribeContainerGroupEvents: describeContainerGroupEvents,
  DescribeContainerLog: describeContainerLog,
  ExecContainerCommand: execContainerCommand,
  DescribeContainerGroupMetric: describeContainerGroupMetric,
  DescribeMultiContainerGroupMetric: describeMultiContainerGroupMetric,
  RestartContainerGroup: restartContainerGroup,
  UpdateContainerGroup: updateContainerGroup,
  CreateImageCache: createImageCache,
  DescribeImageCaches: describeImageCaches,
  UpdateImageCache: updateImageCache,
  DeleteImageCache: deleteImageCache,
  ListUsage: listUsage,
  DescribeRegions: describeRegions,
};

/** How ECI is connected to the rest. */
export interface EciOptions {
  /** Address of the registry front, asked at each pull because the front may start later. */
  registryUrl?: () => string | undefined;
  identifiers?: Identifiers;
  /** Asked for the usage of a group before the made-up figures are. */
  usage?: UsageSource;
  /** How containers run; by a script when absent. */
  runtime?: ContainerRuntime;
  /** Shares addresses with others on this machine; needed where they are real. */
  claims?: AddressClaims;
}

/**
 * Registers the Elastic Container Instance service, version 2018-08-08, and its part of the state.
 * @returns the service; `puller.idle()` tells when no pull is under way, `puller.close()` drops its connections.
 */
export function registerEci(host: EciHost, options: EciOptions = {}): EciService {
  const service = createEciService(host, {
    frontUrl: options.registryUrl ?? (() => undefined),
    identifiers: options.identifiers ?? randomIdentifiers,
    ...(options.usage === undefined ? {} : { usage: options.usage }),
    ...(options.runtime === undefined ? {} : { runtime: options.runtime }),
    ...(options.claims === undefined ? {} : { claims: options.claims }),
  });
  for (const [name, action] of Object.entries(ACTIONS)) {
    host.register({
      product: 'eci',
      version: VERSION,
      action: name,
      parameters: action.parameters,
      handler: (request) => action.perform(service, request),
    });
  }
  addEciControl(host, service);
  host.addState('eci', () => eciState(service));
  host.addWebSocket(EXEC_PATH, {
    product: 'eci',
    action: 'ExecWebSocket',
    admit: (query) => service.execSessions.redeem(query.get('token') ?? ''),
  });
  host.addControl({ method: 'POST', path: '/_sim/container-logs' }, ({ body }) =>
    changeLog(body, { groups: service.groups.all(), nowMs: host.clock.nowMs() }),
  );
  host.addControl({ method: 'DELETE', path: '/_sim/exec-sessions' }, () => ({ cut: service.execSessions.cut() }));
  return service;
}
