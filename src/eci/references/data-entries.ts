import { isUtf8 } from 'node:buffer';
import type { ConfigMap, KubeSecret } from '../../kube/types.ts';
import { Secret } from '../../secret.ts';
import type { DataEntries, DataEntry } from './references.ts';

/** Reads a ConfigMap. Variables see `data` alone, files see `binaryData` as well. Source: Kubernetes API reference, ConfigMap v1 core. */
export function configMapEntries({ data = {}, binaryData = {} }: ConfigMap): DataEntries {
  return new Map<string, DataEntry>([
    ...Object.entries(data).map(([key, text]): [string, DataEntry] => [
      key,
      { content: Buffer.from(text, 'utf8').toString('base64'), variable: { kind: 'text', text } },
    ]),
    ...Object.entries(binaryData).map(([key, base64]): [string, DataEntry] => [
      key,
      { content: normalized(base64), variable: { kind: 'binary' } },
    ]),
  ]);
}

/** Reads a Secret and wraps its values. Bytes that are no UTF-8 cannot be a variable: the service takes texts. */
export function secretEntries({ data = {} }: KubeSecret): DataEntries {
  return new Map(
    Object.entries(data).map(([key, base64]): [string, DataEntry] => {
      const bytes = Buffer.from(base64, 'base64');
      const variable: DataEntry['variable'] = isUtf8(bytes)
        ? { kind: 'text', text: new Secret(bytes.toString('utf8')) }
        : { kind: 'not-text' };
      return [key, { content: new Secret(bytes.toString('base64')), variable }];
    }),
  );
}

/** Complete base64 without line breaks, whoever wrote it. */
function normalized(base64: string): string {
  return Buffer.from(base64, 'base64').toString('base64');
}
