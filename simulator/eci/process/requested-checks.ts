import type { RequestedContainer } from '../parameters/container.ts';
import type { HealthCheck } from './health-check.ts';
import type { Probe } from './probe-state.ts';

/** @param podIp where a probe goes that names no host. @returns undefined for a probe that says nothing. */
export function probeCheck({ HttpGet, Exec, TcpSocket }: Probe, podIp: string): HealthCheck | undefined {
  if (Exec?.Command !== undefined) {
    return { exec: Exec.Command };
  }
  if (HttpGet !== undefined) {
    return http({ path: HttpGet.Path, port: HttpGet.Port, scheme: HttpGet.Scheme, host: podIp });
  }
  return TcpSocket === undefined ? undefined : { tcp: { host: podIp, port: TcpSocket.Port } };
}

/** The handler after the start. @returns undefined when there is none. */
export function postStartCheck(requested: RequestedContainer, podIp: string): HealthCheck | undefined {
  return handlerCheck(podIp, {
    exec: requested.LifecyclePostStartHandlerExec,
    httpHost: requested.LifecyclePostStartHandlerHttpGetHost,
    httpPath: requested.LifecyclePostStartHandlerHttpGetPath,
    httpPort: requested.LifecyclePostStartHandlerHttpGetPort,
    httpScheme: requested.LifecyclePostStartHandlerHttpGetScheme,
    httpHeaders: requested.LifecyclePostStartHandlerHttpGetHttpHeader,
    tcpHost: requested.LifecyclePostStartHandlerTcpSocketHost,
    tcpPort: requested.LifecyclePostStartHandlerTcpSocketPort,
  });
}

/** The handler before the end. @returns undefined when there is none. */
export function preStopCheck(requested: RequestedContainer, podIp: string): HealthCheck | undefined {
  return handlerCheck(podIp, {
    exec: requested.LifecyclePreStopHandlerExec,
    httpHost: requested.LifecyclePreStopHandlerHttpGetHost,
    httpPath: requested.LifecyclePreStopHandlerHttpGetPath,
    httpPort: requested.LifecyclePreStopHandlerHttpGetPort,
    httpScheme: requested.LifecyclePreStopHandlerHttpGetScheme,
    httpHeaders: requested.LifecyclePreStopHandlerHttpGetHttpHeader,
    tcpHost: requested.LifecyclePreStopHandlerTcpSocketHost,
    tcpPort: requested.LifecyclePreStopHandlerTcpSocketPort,
  });
}

type Headers = RequestedContainer['LifecyclePreStopHandlerHttpGetHttpHeader'];

interface Handler {
  exec: string[] | undefined;
  httpHost: string | undefined;
  httpPath: string | undefined;
  httpPort: number | undefined;
  httpScheme: string | undefined;
  httpHeaders: Headers;
  tcpHost: string | undefined;
  tcpPort: number | undefined;
}

function handlerCheck(podIp: string, handler: Handler): HealthCheck | undefined {
  const { exec, httpHost, httpPath, httpPort, httpScheme, httpHeaders, tcpHost, tcpPort } = handler;
  if (exec !== undefined) {
    return { exec };
  }
  if (httpPort !== undefined) {
    return http({ host: httpHost || podIp, path: httpPath, port: httpPort, scheme: httpScheme, headers: httpHeaders });
  }
  return tcpPort === undefined ? undefined : { tcp: { host: tcpHost || podIp, port: tcpPort } };
}

function http(get: {
  host: string;
  path: string | undefined;
  port: number;
  scheme: string | undefined;
  headers?: Headers;
}): HealthCheck {
  const path = get.path ?? '';
  return {
    http: {
      host: get.host,
      port: get.port,
      path: path.startsWith('/') ? path : `/${path}`,
      isTls: get.scheme === 'HTTPS',
      headers: Object.fromEntries((get.headers ?? []).map(({ Name, Value = '' }) => [Name, Value])),
    },
  };
}
