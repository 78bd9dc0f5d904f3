import type { Clock } from '../../clock.ts';
import type { EventRecorder, KubeClient } from '../../kube/types.ts';
import type { MetricsRegistry } from '../../telemetry/metrics.ts';
import type { Logger } from '../../telemetry/types.ts';
import { alwaysAllow, createAccessReviewer } from './auth/access-review.ts';
import { createAuthenticator } from './auth/authenticate.ts';
import { createFileAuthority, createPublishedAuthority } from './auth/client-authority.ts';
import { ReviewGate } from './auth/review-gate.ts';
import { createTokenReviewer } from './auth/token-review.ts';
import { KubeletAnswers } from './kubelet-answers.ts';
import { startKubeletServer } from './kubelet-server.ts';
import type { KubeletServer } from './kubelet-server.ts';
import { LogServer } from './logs/log-server.ts';
import type { PodAccess } from './pod-access.ts';
import type { PodLookup } from './pod-lookup.ts';
import type { ForwardPolicy } from './port-forward/destination.ts';
import { UsageCache } from './stats/usage-cache.ts';
import { createStreams } from './streaming/create-streams.ts';
import type { StreamTimeouts } from './streaming/spdy-client-streams.ts';
import { createCertificateFiles } from './tls/certificate-files.ts';
import { createRequestedCertificate } from './tls/requested-certificate.ts';
import { createSelfSignedCertificate } from './tls/self-signed-certificate.ts';
import type { ServingCertificate } from './tls/serving-certificate.ts';
import { selfSigned } from './tls/x509.ts';

/** What an operator decides about the kubelet API. */
export interface KubeletSettings {
  /** All interfaces when absent. */
  address?: string;
  /** 0 takes any free one. */
  port: number;
  tls: { kind: 'files'; certificateFile: string; keyFile: string } | { kind: 'csr' } | { kind: 'self-signed' };
  /** The cluster's published authority when absent. */
  clientAuthorityFile?: string;
  anonymous: boolean;
  authorization: 'webhook' | 'always-allow';
  /** What followers of logs may use of the budget of calls, all together. */
  followCallsPerMinute: number;
  streams: StreamTimeouts;
  /** Connections to Pods are made from this address of ours; any when absent. */
  portForwardAddress?: string;
  portForwardPolicy: ForwardPolicy;
}

export interface KubeletOptions {
  settings: KubeletSettings;
  nodeName: string;
  /** Addresses that the Node publishes, asked whenever a certificate is made. */
  addresses: () => readonly string[];
  client: KubeClient;
  pods: PodLookup;
  access: PodAccess;
  events: EventRecorder;
  clock: Clock;
  random: () => number;
  logger: Logger;
  metrics: MetricsRegistry;
}

/** The kubelet API of one virtual node. */
export interface Kubelet {
  /** Starts listening. @throws EciKubeletError when the port or the certificate cannot be used. */
  start(): Promise<void>;
  /** Where it listens; 0 before {@link start}. */
  port(): number;
  /** Run until they are stopped, before {@link close}. */
  loops: { name: string; run(signal: AbortSignal): Promise<void> }[];
  close(): Promise<void>;
}

/** Connects the parts of the kubelet API. Nothing listens before `start`. */
export function createKubelet(options: KubeletOptions): Kubelet {
  const { settings, nodeName, client, pods, access, clock, random, logger, metrics } = options;
  const gate = new ReviewGate();
  const usage = new UsageCache({
    access,
    nodeName,
    pods: () => pods.list().filter((pod) => pod.status?.phase === 'Running'),
    clock,
    logger,
  });
  const logs = new LogServer({
    access,
    podByUid: (uid) => pods.byUid(uid),
    clock,
    logger,
    metrics,
    followCallsPerMinute: settings.followCallsPerMinute,
  });
  const streams = createStreams({
    access,
    followLog: (pod, container, signal) => logs.follow(pod, container, signal),
    podByUid: (uid) => pods.byUid(uid),
    timeouts: settings.streams,
    ...(settings.portForwardAddress === undefined ? {} : { portForwardAddress: settings.portForwardAddress }),
    portForwardPolicy: settings.portForwardPolicy,
    clock,
    logger,
    metrics,
  });
  const certificate = servingCertificate(options);
  const authority =
    settings.clientAuthorityFile === undefined
      ? createPublishedAuthority({ client, clock, random, logger })
      : createFileAuthority({ path: settings.clientAuthorityFile, clock, logger });
  let server: KubeletServer | undefined;
  return {
    async start() {
      const { address, port } = settings;
      const nobody = await selfSigned({ nodeName, ipAddresses: [] }, { nowMs: clock.nowMs(), days: 1 });
      server = await startKubeletServer({
        ...(address === undefined ? {} : { address }),
        port,
        certificate,
        authority,
        nobody: nobody.certificate,
        authenticate: createAuthenticator({
          reviewToken: createTokenReviewer({ client, clock, gate }),
          anonymous: settings.anonymous,
          logger,
        }),
        authorize:
          settings.authorization === 'always-allow'
            ? alwaysAllow
            : createAccessReviewer({ client, clock, gate, nodeName }),
        ready: () => pods.hasSynced(),
        answers: new KubeletAnswers({ pods, logs, usage, streams, metrics }),
        streams,
        metrics,
        logger,
      });
      logger.info('kubelet API listens', { node: nodeName, port: server.port, tls: settings.tls.kind });
    },
    port: () => server?.port ?? 0,
    loops: [
      { name: `client authority of ${nodeName}`, run: (signal) => authority.run(signal) },
      { name: `serving certificate of ${nodeName}`, run: (signal) => certificate.run(signal) },
      { name: `usage of ${nodeName}`, run: (signal) => usage.run(signal) },
    ],
    close: async () => await server?.close(),
  };
}

function servingCertificate(options: KubeletOptions): ServingCertificate {
  const { settings, nodeName, addresses, client, events, clock, random, logger } = options;
  const names = (): { nodeName: string; ipAddresses: readonly string[] } => ({ nodeName, ipAddresses: addresses() });
  const { tls } = settings;
  switch (tls.kind) {
    case 'files':
      return createCertificateFiles({ ...tls, clock, logger });
    case 'csr': {
      // As kubelet does: the name stands in for the UID of the Node, which `kubectl describe node` looks for.
      const node = { apiVersion: 'v1', kind: 'Node', name: nodeName, uid: nodeName };
      const warn = (message: string): void => {
        logger.warn('serving certificate is not there', { node: nodeName, why: message });
        events.emit(node, 'Warning', 'ServingCertificatePending', message);
      };
      return createRequestedCertificate({ client, names, clock, random, logger, warn });
    }
    case 'self-signed':
      return createSelfSignedCertificate({ names, clock, random });
    default:
      return tls satisfies never;
  }
}
