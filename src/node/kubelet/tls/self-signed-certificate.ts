import type { Clock } from '../../../clock.ts';
import { certificateLife } from './certificate-life.ts';
import { renewAtMs } from './serving-certificate.ts';
import type { CertificateAndKey, ServingCertificate, ServingNames } from './serving-certificate.ts';
import { selfSigned } from './x509.ts';

const DAYS = 365;
/** Node.js takes no timer of more than 24 days. */
const LONGEST_SLEEP_MS = 86_400_000;

/** Shows a certificate that signs itself: for API servers that do not verify, which is their default. */
export function createSelfSignedCertificate(options: {
  names: () => ServingNames;
  clock: Clock;
  random: () => number;
}): ServingCertificate {
  const { names, clock, random } = options;
  const listeners: ((changed: CertificateAndKey) => void)[] = [];
  let renewalMs = 0;
  const make = async (): Promise<CertificateAndKey> => {
    const made = await selfSigned(names(), { nowMs: clock.nowMs(), days: DAYS });
    renewalMs = renewAtMs(certificateLife(made.certificate), random());
    return made;
  };
  return {
    start: make,
    onChange: (listener) => void listeners.push(listener),
    async run(signal) {
      while (!signal.aborted) {
        if (clock.nowMs() >= renewalMs) {
          const made = await make();
          for (const listener of listeners) listener(made);
        }
        await clock.sleep(LONGEST_SLEEP_MS, signal).catch(() => {});
      }
    },
  };
}
