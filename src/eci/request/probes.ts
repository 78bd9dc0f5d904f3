import type { ContainerProbe, ContainerRequest } from '../../alibaba/eci-requests.ts';
import type { Container, Probe } from '../../kube/types.ts';
import { containerPort } from './container-port.ts';

/** The only one that the service accepts. Source: ECI API reference, ReadinessProbe.SuccessThreshold. */
const SUCCESS_THRESHOLD = 1;
const DEFAULT_PERIOD_SECONDS = 10;
const DEFAULT_FAILURE_THRESHOLD = 3;

/**
 * Translates the probes of a container. ECI has no startup probe: its longest patience is added to the delay of the liveness
 * probe, so that a container that starts slowly is not killed; readiness says by itself when it is up.
 * A probe whose port cannot be resolved is left out; admission holds such Pods.
 */
export function translateProbes(container: Container): Pick<ContainerRequest, 'livenessProbe' | 'readinessProbe'> {
  const liveness = translateProbe(container, container.livenessProbe);
  const readiness = translateProbe(container, container.readinessProbe);
  const patience = startupPatienceSeconds(container.startupProbe);
  return {
    ...(liveness === undefined
      ? {}
      : {
          livenessProbe: {
            ...liveness,
            ...(patience === 0 ? {} : { initialDelaySeconds: Math.max(liveness.initialDelaySeconds ?? 0, patience) }),
          },
        }),
    ...(readiness === undefined ? {} : { readinessProbe: readiness }),
  };
}

function translateProbe(container: Container, probe: Probe | undefined): ContainerProbe | undefined {
  if (probe === undefined) return undefined;
  const check = translateCheck(container, probe);
  if (check === undefined) return undefined;
  const { initialDelaySeconds, periodSeconds, timeoutSeconds, successThreshold, failureThreshold } = probe;
  return {
    ...check,
    ...(initialDelaySeconds === undefined ? {} : { initialDelaySeconds }),
    ...(periodSeconds === undefined ? {} : { periodSeconds }),
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
    ...(successThreshold === undefined ? {} : { successThreshold: SUCCESS_THRESHOLD }),
    ...(failureThreshold === undefined ? {} : { failureThreshold }),
  };
}

function translateCheck(container: Container, probe: Probe): ContainerProbe | undefined {
  if (probe.exec !== undefined) return { exec: { command: probe.exec.command ?? [] } };
  if (probe.httpGet !== undefined) {
    const port = containerPort(container, probe.httpGet.port);
    if (port === undefined) return undefined;
    const { path, scheme } = probe.httpGet;
    return {
      httpGet: { port, ...(path === undefined ? {} : { path }), ...(scheme === undefined ? {} : { scheme }) },
    };
  }
  if (probe.tcpSocket !== undefined) {
    const port = containerPort(container, probe.tcpSocket.port);
    return port === undefined ? undefined : { tcpSocket: { port } };
  }
  return undefined;
}

function startupPatienceSeconds(probe: Probe | undefined): number {
  if (probe === undefined) return 0;
  const periodSeconds = probe.periodSeconds ?? DEFAULT_PERIOD_SECONDS;
  return (probe.initialDelaySeconds ?? 0) + periodSeconds * (probe.failureThreshold ?? DEFAULT_FAILURE_THRESHOLD);
}
