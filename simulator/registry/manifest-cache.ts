import { request } from 'node:http';
import type { Agent, OutgoingHttpHeaders } from 'node:http';

/** A manifest as the store answers for it. */
export interface ManifestAnswer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
}

/** Enough for every image of a large fixture under a few combinations of accepted types. */
const MAX_ENTRIES = 1000;

/**
 * Keeps manifests in memory: a thousand instances of one image would otherwise ask the store a thousand times. Every push goes
 * through the front, which then forgets everything, so that nothing stale is served.
 */
export class ManifestCache {
  readonly #answers = new Map<string, Promise<ManifestAnswer>>();
  readonly #store: { agent: Agent; socketPath: string };

  constructor(store: { agent: Agent; socketPath: string }) {
    this.#store = store;
  }

  /** @param accept media types that the client takes, on which the answer depends. @throws Error of the socket. */
  async get(path: string, accept: string): Promise<ManifestAnswer> {
    const key = `${path}\n${accept}`;
    const known = this.#answers.get(key);
    if (known !== undefined) {
      return known;
    }
    if (this.#answers.size >= MAX_ENTRIES) {
      this.#answers.clear();
    }
    const fetched = this.#fetch(path, accept);
    this.#answers.set(key, fetched);
    try {
      const answer = await fetched;
      if (answer.status !== 200) {
        this.#answers.delete(key);
      }
      return answer;
    } catch (error) {
      this.#answers.delete(key);
      throw error;
    }
  }

  clear(): void {
    this.#answers.clear();
  }

  #fetch(path: string, accept: string): Promise<ManifestAnswer> {
    return new Promise((resolve, reject) => {
      const call = request({ ...this.#store, path, headers: { accept } }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => {
          resolve({ status: answer.statusCode ?? 502, headers: answer.headers, body: Buffer.concat(chunks) });
        });
      });
      call.on('error', reject);
      call.end();
    });
  }
}
