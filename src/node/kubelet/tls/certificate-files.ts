import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Clock } from '../../../clock.ts';
import { EciKubeletError } from '../../../errors.ts';
import type { Logger } from '../../../telemetry/types.ts';
import type { CertificateAndKey, ServingCertificate } from './serving-certificate.ts';

/** How soon a rotated file is shown to clients. Read whole: mounted Secrets change by a link, which leaves times alone. */
const CHECK_MS = 20_000;

/** Shows what stands in two files, which somebody else rotates. */
export function createCertificateFiles(options: {
  certificateFile: string;
  keyFile: string;
  clock: Clock;
  logger: Logger;
}): ServingCertificate {
  const { certificateFile, keyFile, clock, logger } = options;
  const listeners: ((changed: CertificateAndKey) => void)[] = [];
  let shown: CertificateAndKey | undefined;
  return {
    async start() {
      try {
        shown = await readPair(certificateFile, keyFile);
        return shown;
      } catch (error) {
        const message = `the serving certificate of the kubelet API cannot be used: ${reasonOf(error)}`;
        throw new EciKubeletError('InvalidServingCertificate', message, { cause: error });
      }
    },
    onChange: (listener) => void listeners.push(listener),
    async run(signal) {
      for (;;) {
        await clock.sleep(CHECK_MS, signal).catch(() => {});
        if (signal.aborted) return;
        try {
          const read = await readPair(certificateFile, keyFile);
          if (read.certificate === shown?.certificate && read.key === shown.key) continue;
          shown = read;
          for (const listener of listeners) listener(read);
          logger.info('serving certificate was read again', { certificateFile });
        } catch (error) {
          // Also while one file is new and the other is not yet: the next look finds both.
          logger.warn('serving certificate cannot be read; the one before is kept', { certificateFile, error });
        }
      }
    },
  };
}

/** @throws when a file cannot be read, or the key is not that of the certificate. */
async function readPair(certificateFile: string, keyFile: string): Promise<CertificateAndKey> {
  const [certificate, key] = await Promise.all([readFile(certificateFile, 'utf8'), readFile(keyFile, 'utf8')]);
  if (!new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))) {
    throw new EciKubeletError(
      'InvalidServingCertificate',
      `the key in ${keyFile} does not belong to ${certificateFile}`,
    );
  }
  return { certificate, key };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown';
}
