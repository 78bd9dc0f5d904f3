/**
 * A complete image without a build: one gzipped tar layer with one file, a configuration and a manifest. Its content depends on
 * the reference alone, so that digests are the same at every start. Source: OCI image specification; POSIX ustar.
 */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';

const BLOCK = 512;

/** Something that is stored under its digest. */
export interface Blob {
  readonly digest: string;
  readonly content: Buffer;
}

/** An image as it is pushed: blobs first, then the manifest. */
export interface TinyImage {
  readonly blobs: readonly Blob[];
  readonly manifest: Blob;
  readonly mediaType: string;
}

/** @param text content of the one file; images with different texts have different digests. */
export function createTinyImage(text: string): TinyImage {
  const archive = tar('image.txt', Buffer.from(`${text}\n`));
  const layer = blob(gzipSync(archive));
  const config = blob(
    json({
      architecture: 'amd64',
      os: 'linux',
      config: { Cmd: ['/image.txt'] },
      rootfs: { type: 'layers', diff_ids: [digestOf(archive)] },
    }),
  );
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = blob(
    json({
      schemaVersion: 2,
      mediaType,
      config: descriptor('application/vnd.oci.image.config.v1+json', config),
      layers: [descriptor('application/vnd.oci.image.layer.v1.tar+gzip', layer)],
    }),
  );
  return { blobs: [layer, config], manifest, mediaType };
}

function descriptor(mediaType: string, { digest, content }: Blob): Record<string, unknown> {
  return { mediaType, digest, size: content.length };
}

function blob(content: Buffer): Blob {
  return { digest: digestOf(content), content };
}

function digestOf(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function tar(name: string, content: Buffer): Buffer {
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, length: number): string => `${value.toString(8).padStart(length - 1, '0')}\0`;
  header.write(name, 0);
  header.write(octal(0o644, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(content.length, 12), 124);
  header.write(octal(0, 12), 136);
  // The checksum is taken with its own field full of spaces.
  header.write(' '.repeat(8), 148);
  header.write('0', 156);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const padding = Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK);
  return Buffer.concat([header, content, padding, Buffer.alloc(2 * BLOCK)]);
}
