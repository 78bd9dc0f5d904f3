import type { Service } from '../../kube/types.ts';

/** What the API server's own Service is called, and where it is. */
const API_SERVER = { namespace: 'default', name: 'kubernetes' } as const;

export interface ServiceVariableOptions {
  /** Namespace of the Pod. */
  namespace: string;
  /** `enableServiceLinks` of the Pod: the Services of its namespace become variables. */
  links: boolean;
  /** Stands in for the API server's Service, whose ClusterIP Pods in a VPC may not reach. */
  apiServer?: { host: string; port: number };
}

/**
 * Makes the variables of Services as kubelet does, sorted by name: always those of `default/kubernetes`, and those of the Pod's
 * own namespace when it wants them, where a Service called `kubernetes` wins over the API server's. Services without a ClusterIP
 * make none.
 * Source: Kubernetes documentation, Service, environment variables.
 */
export function serviceVariables(
  services: readonly Service[],
  options: ServiceVariableOptions,
): ReadonlyMap<string, string> {
  const byName = new Map<string, ServiceAddress>();
  for (const service of [...services.filter(isApiServer), ...services.filter((other) => !isApiServer(other))]) {
    const address = isApiServer(service) ? (replacement(options) ?? addressOf(service)) : addressOf(service);
    const wanted = isApiServer(service) || (options.links && service.metadata?.namespace === options.namespace);
    if (address !== undefined && wanted) byName.set(address.name, address);
  }
  const own = replacement(options);
  if (own !== undefined && !byName.has(own.name)) byName.set(own.name, own);
  const variables = [...byName.values()].flatMap(variablesOf);
  return new Map(variables.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** Says which of the variables belong to the API server's Service: those that a Pod can least do without. */
export function isApiServerVariable(name: string): boolean {
  return name.startsWith('KUBERNETES_');
}

interface ServiceAddress {
  name: string;
  host: string;
  ports: readonly { name?: string; port: number; protocol: string }[];
}

function isApiServer(service: Service): boolean {
  const { namespace, name } = service.metadata ?? {};
  return namespace === API_SERVER.namespace && name === API_SERVER.name;
}

function replacement({ apiServer }: ServiceVariableOptions): ServiceAddress | undefined {
  if (apiServer === undefined) return undefined;
  const { host, port } = apiServer;
  return { name: API_SERVER.name, host, ports: [{ name: 'https', port, protocol: 'TCP' }] };
}

function addressOf({ metadata, spec }: Service): ServiceAddress | undefined {
  const host = spec?.clusterIP ?? '';
  const ports = spec?.ports ?? [];
  if (host === '' || host === 'None' || spec?.type === 'ExternalName' || ports.length === 0) return undefined;
  return {
    name: metadata?.name ?? '',
    host,
    ports: ports.map(({ name, port, protocol = 'TCP' }) => ({ ...(name ? { name } : {}), port, protocol })),
  };
}

/** A port that comes later has the last word on a name, as with kubelet. */
function variablesOf({ name, host, ports }: ServiceAddress): [string, string][] {
  const prefix = variableName(name);
  return ports.flatMap(({ name: portName, port, protocol }, index): [string, string][] => {
    const url = `${protocol.toLowerCase()}://${host.includes(':') ? `[${host}]` : host}:${port}`;
    const link = `${prefix}_PORT_${port}_${protocol.toUpperCase()}`;
    return [
      ...(index === 0
        ? ([
            [`${prefix}_SERVICE_HOST`, host],
            [`${prefix}_SERVICE_PORT`, String(port)],
            [`${prefix}_PORT`, url],
          ] as [string, string][])
        : []),
      ...(portName === undefined
        ? []
        : ([[`${prefix}_SERVICE_PORT_${variableName(portName)}`, String(port)]] as [string, string][])),
      [link, url],
      [`${link}_PROTO`, protocol.toLowerCase()],
      [`${link}_PORT`, String(port)],
      [`${link}_ADDR`, host],
    ];
  });
}

function variableName(name: string): string {
  return name.toUpperCase().replaceAll('-', '_');
}
