import { request } from 'node:http';
import type { TinyImage } from './tiny-image.ts';

/**
 * Pushes an image into the store, past the front. @param repository with its storage prefix.
 * @throws Error naming the step when the store refuses it.
 */
export async function pushImage(
  socketPath: string,
  target: { repository: string; tag: string },
  image: TinyImage,
): Promise<void> {
  const base = `/v2/${target.repository}`;
  for (const { digest, content } of image.blobs) {
    const { location } = await send(socketPath, { method: 'POST', path: `${base}/blobs/uploads/`, status: 202 });
    const upload = new URL(location, 'http://store');
    upload.searchParams.set('digest', digest);
    const path = `${upload.pathname}${upload.search}`;
    await send(socketPath, { method: 'PUT', path, status: 201, content, mediaType: 'application/octet-stream' });
  }
  await send(socketPath, {
    method: 'PUT',
    path: `${base}/manifests/${target.tag}`,
    status: 201,
    content: image.manifest.content,
    mediaType: image.mediaType,
  });
}

interface Step {
  method: 'POST' | 'PUT';
  path: string;
  /** The status of success. */
  status: number;
  content?: Buffer;
  mediaType?: string;
}

function send(socketPath: string, step: Step): Promise<{ location: string }> {
  const { method, path, content = Buffer.alloc(0), mediaType } = step;
  const headers = {
    'content-length': content.length,
    ...(mediaType === undefined ? {} : { 'content-type': mediaType }),
  };
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, method, path, headers }, (response) => {
      response.resume();
      response.on('end', () => {
        if (response.statusCode === step.status) {
          resolve({ location: response.headers.location ?? '' });
        } else {
          reject(new Error(`the registry store answered ${response.statusCode} to ${method} ${path.split('?')[0]}`));
        }
      });
    });
    call.on('error', reject);
    call.end(content);
  });
}
