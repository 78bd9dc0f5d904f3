/**
 * Container Registry: version 2018-12-01 for Enterprise Edition instances and 2016-06-07 for the Personal Edition.
 * Source: Container Registry API reference; the actions' models in the vendor's TypeScript SDK.
 */
import { SimError, type Authorizer, type Operation, type Simulator } from '../types.ts';
import type { CrState } from './acr-state.ts';
import { createInstanceHandlers } from './instance-handlers.ts';
import { succeeded, unsuccessful } from './answers.ts';

const ENTERPRISE = '2018-12-01';
const PERSONAL = '2016-06-07';
const MAX_LIFETIME_HOURS = 24;

export interface CrParts {
  state: CrState;
  authorizer: Authorizer;
  regions: readonly string[];
}

/** Registers the actions of both editions and their part of the state. */
export function registerCr(simulator: Pick<Simulator, 'register' | 'addState'>, parts: CrParts): void {
  const { state } = parts;
  const handlers = createInstanceHandlers(parts);
  const enterprise = (operation: Pick<Operation, 'action' | 'parameters' | 'required' | 'handler'>): void => {
    simulator.register({
      product: 'cr',
      version: ENTERPRISE,
      ...operation,
      // Older documentation lists RegionId; the endpoint alone decides.
      parameters: [...operation.parameters, 'RegionId'],
      handler: (request) => unsuccessful(() => operation.handler(request)),
    });
  };

  enterprise({
    action: 'GetAuthorizationToken',
    parameters: ['InstanceId', 'ExpiresInHours'],
    required: ['InstanceId'],
    handler: ({ params, principal, regionId }) => {
      const asked = params.get('ExpiresInHours');
      const lifetimeHours = Number(asked ?? 1);
      if (!Number.isInteger(lifetimeHours) || lifetimeHours < 1 || lifetimeHours > MAX_LIFETIME_HOURS) {
        throw new SimError(
          400,
          'InvalidParameter.ExpiresInHours',
          'ExpiresInHours must be a whole number from 1 to 24.',
        );
      }
      const issued = state.issue(principal, {
        instanceId: params.get('InstanceId') ?? '',
        regionId,
        ...(asked === undefined ? {} : { lifetimeHours }),
      });
      return succeeded({
        TempUsername: issued.userName,
        AuthorizationToken: issued.password,
        ExpireTime: issued.expiresAtMs,
      });
    },
  });
  enterprise({
    action: 'ListInstance',
    parameters: ['InstanceName', 'InstanceStatus', 'PageNo', 'PageSize', 'ResourceGroupId'],
    handler: handlers.listInstance,
  });
  enterprise({
    action: 'GetInstance',
    parameters: ['InstanceId'],
    required: ['InstanceId'],
    handler: handlers.getInstance,
  });
  enterprise({
    action: 'ListInstanceEndpoint',
    parameters: ['InstanceId', 'ModuleName', 'Summary'],
    required: ['InstanceId'],
    handler: handlers.listInstanceEndpoint,
  });
  enterprise({
    action: 'GetInstanceVpcEndpoint',
    parameters: ['InstanceId', 'ModuleName'],
    required: ['InstanceId'],
    handler: handlers.getInstanceVpcEndpoint,
  });
  enterprise({ action: 'ListInstanceRegion', parameters: ['Lang'], handler: handlers.listInstanceRegion });

  simulator.register({
    product: 'cr',
    version: PERSONAL,
    action: 'GetAuthorizationToken',
    route: { method: 'GET', path: '/tokens' },
    parameters: [],
    handler: ({ principal, regionId }) => {
      const issued = state.issue(principal, { regionId });
      return {
        data: {
          authorizationToken: issued.password,
          expireDate: issued.expiresAtMs,
          tempUserName: issued.userName,
        },
      };
    },
  });
  simulator.addState('registries', () => ({
    instances: state.instances,
    personal: state.personal,
    passwords: [...state.passwords.values()].map(({ principal, instanceId, regionId, expiresAtMs }) => ({
      principalArn: principal.arn,
      instanceId,
      regionId,
      expiresAt: new Date(expiresAtMs).toISOString(),
    })),
  }));
}
