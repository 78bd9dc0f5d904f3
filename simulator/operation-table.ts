import { SimError, type Operation } from './types.ts';

/** The registered operations, and the checks that follow from their declarations. */
export interface OperationTable {
  /** @throws Error when the action is already registered. */
  add(operation: Operation): void;
  /**
   * Finds what a request asks for.
   * @throws SimError 400 `InvalidVersion`, 404 `InvalidAction.NotFound`; the message lists what there is.
   */
  find(request: { version: string; action: string; method: string; path: string }): Operation;
}

/** Creates an empty table. */
export function createOperationTable(): OperationTable {
  const versions = new Map<string, Map<string, Operation>>();
  return {
    add: (operation) => {
      const actions = versions.get(operation.version) ?? new Map<string, Operation>();
      if (actions.has(operation.action)) {
        throw new Error(`${operation.action} of version ${operation.version} is registered twice`);
      }
      versions.set(operation.version, actions.set(operation.action, operation));
    },
    find: ({ version, action, method, path }) => {
      const actions = versions.get(version);
      if (actions === undefined) {
        const known = [...versions.keys()].sort().join(', ');
        throw new SimError(
          400,
          'InvalidVersion',
          `Specified parameter Version is not valid. (simulated are ${known}; not ${version || 'an absent one'})`,
        );
      }
      const operation = actions.get(action);
      if (operation === undefined || !isRoutedTo(operation, method, path)) {
        const known = [...actions.keys()].sort().join(', ');
        throw new SimError(
          404,
          'InvalidAction.NotFound',
          'Specified api is not found, please check your url and method. ' +
            `(${method} ${path} ${action || 'without action'} of version ${version}; simulated are ${known})`,
        );
      }
      return operation;
    },
  };
}

/**
 * Checks parameters against the declaration of their action.
 * @throws SimError 400 `UnknownParameter` naming every one that is not declared, or `Missing<Name>`.
 */
export function checkParameters(operation: Operation, params: ReadonlyMap<string, string>): void {
  const declared = new Set(operation.parameters);
  const unknown = [...params.keys()].filter((name) => !declared.has(declarationOf(name)));
  if (unknown.length > 0) {
    throw new SimError(
      400,
      'UnknownParameter',
      `${operation.action} of version ${operation.version} has no parameter ${unknown.join(', ')}, ` +
        'or the simulator does not implement it.',
    );
  }
  const missing = operation.required?.find((name) => (params.get(name) ?? '') === '');
  if (missing !== undefined) {
    throw new SimError(400, `Missing${missing}`, `${missing} is mandatory for this action.`);
  }
}

/** Writes the list indices of a parameter name as `N`, in which form lists are declared. */
function declarationOf(name: string): string {
  return name
    .split('.')
    .map((segment) => (/^[1-9][0-9]*$/.test(segment) ? 'N' : segment === 'N' ? 'literal N' : segment))
    .join('.');
}

function isRoutedTo(operation: Operation, method: string, path: string): boolean {
  if (operation.route !== undefined) return operation.route.method === method && operation.route.path === path;
  return path === '/' && (method === 'POST' || method === 'GET');
}
