import type { V1CertificateSigningRequest } from '@kubernetes/client-node';
import type { Clock } from '../../../clock.ts';
import { EciKubeletError } from '../../../errors.ts';
import { isNotFound } from '../../../kube/errors.ts';
import type { Json, KubeClient } from '../../../kube/types.ts';
import type { Logger } from '../../../telemetry/types.ts';
import { certificateLife } from './certificate-life.ts';
import { requestOutcome } from './request-outcome.ts';
import { renewAtMs } from './serving-certificate.ts';
import type { CertificateAndKey, ServingCertificate, ServingNames } from './serving-certificate.ts';
import { selfSigned, signingRequest } from './x509.ts';

type SigningRequestObject = Json<V1CertificateSigningRequest>;

const PATH = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
const SIGNER = 'kubernetes.io/kubelet-serving';

const POLL_MS = 5000;
/** Before people are told that nobody approves, and how often again. */
const PATIENCE_MS = 60_000;
const REMIND_MS = 10 * 60_000;
/** After a refusal, or when the API server could not be asked. A request that is refused is an administrator's will. */
const RETRY_REFUSED_MS = 10 * 60_000;
const RETRY_FAILED_MS = 30_000;
/** Node.js takes no timer of more than 24 days. */
const LONGEST_SLEEP_MS = 86_400_000;
const TEMPORARY_DAYS = 365;

/**
 * Asks the cluster for a certificate that the API server can verify, and shows one that signs itself meanwhile. Nothing
 * approves such requests by itself: until somebody does, `warn` is called.
 */
export function createRequestedCertificate(options: {
  client: Pick<KubeClient, 'create' | 'get'>;
  names: () => ServingNames;
  clock: Clock;
  random: () => number;
  logger: Logger;
  /** Tells people, as an event of the Node. */
  warn: (message: string) => void;
}): ServingCertificate {
  const { client, names, clock, random, logger, warn } = options;
  const listeners: ((changed: CertificateAndKey) => void)[] = [];
  const sleep = (ms: number, signal: AbortSignal): Promise<void> => clock.sleep(ms, signal).catch(() => {});

  /** @returns undefined when the request was refused or has vanished, or the signal fired. */
  async function obtain(signal: AbortSignal): Promise<CertificateAndKey | undefined> {
    const { request, key } = await signingRequest(names());
    const created = await client.create<SigningRequestObject>(PATH, signingRequestObject(names().nodeName, request));
    const name = created.metadata?.name ?? '';
    logger.info('serving certificate was asked for', { request: name });
    let warnAtMs = clock.nowMs() + PATIENCE_MS;
    for (let object = created; !signal.aborted; object = await client.get<SigningRequestObject>(`${PATH}/${name}`)) {
      const outcome = requestOutcome(object);
      if (outcome.kind === 'issued') return { certificate: outcome.certificate, key };
      if (outcome.kind === 'refused') {
        warn(`the request ${name} for a serving certificate was refused: ${outcome.why}`);
        return undefined;
      }
      if (clock.nowMs() >= warnAtMs) {
        warnAtMs = clock.nowMs() + REMIND_MS;
        warn(
          `the request ${name} for a serving certificate waits for approval: kubectl certificate approve ${name}; ` +
            'until then an API server that verifies certificates cannot read logs or run commands',
        );
      }
      await sleep(POLL_MS, signal);
    }
    return undefined;
  }

  return {
    start: () => selfSigned(names(), { nowMs: clock.nowMs(), days: TEMPORARY_DAYS }),
    onChange: (listener) => void listeners.push(listener),
    async run(signal) {
      while (!signal.aborted) {
        try {
          const issued = await obtain(signal);
          if (issued === undefined) {
            await sleep(RETRY_REFUSED_MS, signal);
            continue;
          }
          for (const listener of listeners) listener(issued);
          const life = certificateLife(issued.certificate);
          logger.info('serving certificate was issued', { until: new Date(life.notAfterMs).toISOString() });
          const renewalMs = renewAtMs(life, random());
          while (!signal.aborted && clock.nowMs() < renewalMs) {
            await sleep(Math.min(LONGEST_SLEEP_MS, renewalMs - clock.nowMs()), signal);
          }
        } catch (error) {
          // Requests are cleaned up after a day: one that is gone is made again at once.
          if (isNotFound(error)) continue;
          logger.warn('serving certificate could not be asked for', { error });
          if (error instanceof EciKubeletError) warn(`a serving certificate could not be asked for: ${error.message}`);
          await sleep(RETRY_FAILED_MS, signal);
        }
      }
    },
  };
}

/**
 * Builds the request. All three usages: releases before 1.26 refuse a request without `key encipherment`, whatever the key is, and
 * later ones take both. Source: Kubernetes, `ValidateKubeletServingCSR`.
 */
function signingRequestObject(nodeName: string, request: string): SigningRequestObject {
  return {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { generateName: `${nodeName.slice(0, 200)}-serving-` },
    spec: {
      request: Buffer.from(request).toString('base64'),
      signerName: SIGNER,
      usages: ['digital signature', 'key encipherment', 'server auth'],
    },
  };
}
