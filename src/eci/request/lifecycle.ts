import type { ContainerRequest } from '../../alibaba/eci-requests.ts';
import type { Container } from '../../kube/types.ts';
import { containerPort } from './container-port.ts';

type Handler = NonNullable<NonNullable<Container['lifecycle']>['postStart']>;

/** What the hooks have in common, before the service's flat names. */
interface FlatHandler {
  Exec?: string[];
  HttpGetHost?: string;
  HttpGetPath?: string;
  HttpGetPort?: number;
  HttpGetScheme?: string;
  HttpGetHttpHeader?: { name: string; value: string }[];
  TcpSocketHost?: string;
  TcpSocketPort?: number;
}

/** Translates `lifecycle.postStart` and `lifecycle.preStop` to the service's flat members. */
export function translateLifecycle(container: Container): Partial<ContainerRequest> {
  const { postStart, preStop } = container.lifecycle ?? {};
  return {
    ...prefixed('lifecyclePostStartHandler', translateHandler(container, postStart)),
    ...prefixed('lifecyclePreStopHandler', translateHandler(container, preStop)),
  };
}

function translateHandler(container: Container, handler: Handler | undefined): FlatHandler {
  if (handler?.exec !== undefined) return { Exec: handler.exec.command ?? [] };
  if (handler?.httpGet !== undefined) {
    const { host, path, port, scheme, httpHeaders } = handler.httpGet;
    const number = containerPort(container, port);
    if (number === undefined) return {};
    return {
      HttpGetPort: number,
      ...(host === undefined ? {} : { HttpGetHost: host }),
      ...(path === undefined ? {} : { HttpGetPath: path }),
      ...(scheme === undefined ? {} : { HttpGetScheme: scheme }),
      ...(httpHeaders === undefined
        ? {}
        : { HttpGetHttpHeader: httpHeaders.map((header) => ({ name: header.name, value: header.value })) }),
    };
  }
  if (handler?.tcpSocket !== undefined) {
    const port = containerPort(container, handler.tcpSocket.port);
    if (port === undefined) return {};
    const { host } = handler.tcpSocket;
    return { TcpSocketPort: port, ...(host === undefined ? {} : { TcpSocketHost: host }) };
  }
  return {};
}

function prefixed(
  prefix: 'lifecyclePostStartHandler' | 'lifecyclePreStopHandler',
  handler: FlatHandler,
): Partial<ContainerRequest> {
  // TypeScript cannot follow composed names; the golden request test does.
  return Object.fromEntries(Object.entries(handler).map(([name, value]) => [`${prefix}${name}`, value]));
}
