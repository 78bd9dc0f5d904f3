import { SimError, type AcrInstance, type Authorizer, type Handler, type SimRequest } from '../types.ts';
import type { CrState } from './acr-state.ts';
import { succeeded } from './answers.ts';
import { domainsOf } from './domains.ts';

const DEFAULT_PAGE_SIZE = 30;
const MAX_PAGE_SIZE = 100;

/** Every instance was created then; nothing depends on the date. */
const CREATED_AT_MS = Date.UTC(2024, 0, 1);

interface InstanceHandlers {
  listInstance: Handler;
  getInstance: Handler;
  listInstanceEndpoint: Handler;
  getInstanceVpcEndpoint: Handler;
  listInstanceRegion: Handler;
}

/** Creates the handlers of CR 2018-12-01 that read instances. */
export function createInstanceHandlers(parts: {
  state: CrState;
  authorizer: Authorizer;
  regions: readonly string[];
}): InstanceHandlers {
  const { state, authorizer } = parts;

  const find = (request: SimRequest): AcrInstance => {
    const { principal, regionId, params } = request;
    const instanceId = params.get('InstanceId') ?? '';
    authorizer.require(
      principal,
      `cr:${request.action}`,
      `acs:cr:${regionId}:${principal.accountId}:instance/${instanceId}`,
    );
    return state.ownInstance(principal, { instanceId, regionId });
  };

  return {
    listInstance: ({ params, principal, regionId }) => {
      authorizer.require(principal, 'cr:ListInstance', `acs:cr:${regionId}:${principal.accountId}:instance/*`);
      const pageNo = wholeNumber(params, 'PageNo', { fallback: 1, max: Number.MAX_SAFE_INTEGER });
      const pageSize = wholeNumber(params, 'PageSize', { fallback: DEFAULT_PAGE_SIZE, max: MAX_PAGE_SIZE });
      const status = params.get('InstanceStatus');
      const rows = state.instances.filter(
        (instance) =>
          instance.accountId === principal.accountId &&
          instance.regionId === regionId &&
          // The filter is deprecated and known to be fuzzy: clients have to compare names themselves.
          instance.instanceName.includes(params.get('InstanceName') ?? '') &&
          (status === undefined || instance.status === status),
      );
      return succeeded({
        PageNo: pageNo,
        PageSize: pageSize,
        TotalCount: rows.length,
        Instances: rows.slice((pageNo - 1) * pageSize, pageNo * pageSize).map((instance) => ({
          ...describe(instance),
          // Text here, a number in GetInstance.
          CreateTime: String(CREATED_AT_MS),
          ModifiedTime: String(CREATED_AT_MS),
          Tags: [],
        })),
      });
    },

    getInstance: (request) =>
      succeeded({ ...describe(find(request)), CreateTime: CREATED_AT_MS, ModifiedTime: CREATED_AT_MS }),

    listInstanceEndpoint: (request) => {
      const instance = find(request);
      const domains = requestedModule(request) === 'Registry' ? domainsOf(instance) : [];
      return succeeded({
        Endpoints: (['internet', 'vpc'] as const).map((endpointType) => ({
          EndpointType: endpointType,
          Enable: instance.enabledEndpoints[endpointType],
          AclEnable: false,
          Status: 'RUNNING',
          Domains: domains
            .filter((domain) => domain.endpointType === endpointType)
            .map(({ type, domain }) => ({ Type: type, Domain: domain })),
          ...(request.params.get('Summary') === 'true' ? {} : { AclEntries: [] }),
          LinkedVpcs: endpointType === 'vpc' ? instance.linkedVpcs.map((VpcId) => ({ VpcId })) : [],
        })),
      });
    },

    getInstanceVpcEndpoint: (request) => {
      const instance = find(request);
      const domains = requestedModule(request) === 'Registry' ? domainsOf(instance) : [];
      return succeeded({
        Enable: instance.enabledEndpoints.vpc,
        ModuleName: requestedModule(request),
        Domains: domains.filter(({ endpointType }) => endpointType === 'vpc').map(({ domain }) => domain),
        LinkedVpcs: instance.linkedVpcs.map((VpcId) => ({ VpcId, Status: 'RUNNING', DefaultAccess: false })),
      });
    },

    listInstanceRegion: ({ principal }) => {
      authorizer.require(principal, 'cr:ListInstanceRegion', '*');
      return succeeded({ Regions: parts.regions.map((regionId) => ({ RegionId: regionId, LocalName: regionId })) });
    },
  };
}

function describe({ instanceId, instanceName, regionId, status }: AcrInstance): Record<string, unknown> {
  return {
    InstanceId: instanceId,
    InstanceName: instanceName,
    InstanceStatus: status,
    InstanceSpecification: 'Enterprise_Basic',
    InstanceIssue: '',
    RegionId: regionId,
    ResourceGroupId: 'rg-simulated',
  };
}

function requestedModule({ params }: SimRequest): string {
  const moduleName = params.get('ModuleName') ?? 'Registry';
  if (moduleName !== 'Registry' && moduleName !== 'Chart') {
    throw new SimError(400, 'InvalidParameter.ModuleName', 'ModuleName must be Registry or Chart.');
  }
  return moduleName;
}

function wholeNumber(
  params: ReadonlyMap<string, string>,
  name: string,
  range: { fallback: number; max: number },
): number {
  const value = Number(params.get(name) ?? range.fallback);
  if (!Number.isInteger(value) || value < 1 || value > range.max) {
    throw new SimError(400, `InvalidParameter.${name}`, `${name} must be a whole number from 1 to ${range.max}.`);
  }
  return value;
}
