import { setImmediate as nextTurn } from 'node:timers/promises';
import { KubeApiError, isGone, localReasons } from './errors.ts';
import type { KubeObject, ListOptions, ListResult } from './types.ts';

/** One answer to a list request, as the API sends it. */
interface ListPage<T> {
  apiVersion?: string;
  kind?: string;
  metadata?: { resourceVersion?: string; continue?: string };
  items?: T[] | null;
}

export interface ListPagesRequest<T> {
  path: string;
  options: ListOptions;
  /** Fetches one page. */
  fetchPage: (query: Record<string, string>) => Promise<string>;
  /** Called with each item before the next page is fetched, to make it smaller in place. */
  trim?: (item: T) => void;
}

/** Keeps one page of ordinary Pods at about 3 MB, which takes some 30 ms to parse. */
const defaultPageSize = 500;

/** Each restart means that reading everything took longer than the server keeps a revision, usually 5 minutes. */
const maxRestarts = 3;

/**
 * Reads a complete list page by page. When the continue token expires in the middle it starts over; any other failure
 * fails the whole list, so that a missing object always means that the object is not there.
 *
 * Items get the `apiVersion` and `kind` that lists leave out, as watch events have them.
 *
 * @throws KubeApiError when a page fails, or expires again and again.
 */
export async function listPages<T extends KubeObject>(request: ListPagesRequest<T>): Promise<ListResult<T>> {
  for (let restarts = 0; ; restarts += 1) {
    try {
      return await listOnce<T>(request);
    } catch (error) {
      if (!isGone(error) || restarts >= maxRestarts) throw error;
    }
  }
}

async function listOnce<T extends KubeObject>(request: ListPagesRequest<T>): Promise<ListResult<T>> {
  const { path, options, fetchPage, trim } = request;
  const items: T[] = [];
  let token: string | undefined;
  for (;;) {
    const page = parsePage<T>(path, await fetchPage(pageQuery(options, token)));
    for (const item of page.items ?? []) {
      trim?.(item);
      items.push(withType(item, page));
    }
    const resourceVersion = page.metadata?.resourceVersion;
    if (resourceVersion === undefined) throw notAList(path);
    token = page.metadata?.continue;
    if (token === undefined || token === '') return { items, resourceVersion };
    await nextTurn();
    options.signal?.throwIfAborted();
  }
}

function pageQuery(options: ListOptions, token: string | undefined): Record<string, string> {
  const query: Record<string, string> = { limit: String(options.limit ?? defaultPageSize) };
  if (options.fieldSelector) query['fieldSelector'] = options.fieldSelector;
  if (options.labelSelector) query['labelSelector'] = options.labelSelector;
  // The token fixes the revision; the server refuses both together.
  if (token !== undefined) query['continue'] = token;
  else if (options.resourceVersion !== undefined) query['resourceVersion'] = options.resourceVersion;
  return query;
}

function parsePage<T>(path: string, text: string): ListPage<T> {
  let page: unknown;
  try {
    page = JSON.parse(text);
  } catch {
    // The parser's message quotes the answer.
    throw notAList(path);
  }
  if (typeof page !== 'object' || page === null || Array.isArray(page)) throw notAList(path);
  return page;
}

function withType<T extends KubeObject>(item: T, page: ListPage<T>): T {
  if (page.apiVersion !== undefined) item.apiVersion ??= page.apiVersion;
  if (page.kind?.endsWith('List')) item.kind ??= page.kind.slice(0, -'List'.length);
  return item;
}

function notAList(path: string): KubeApiError {
  const message = `GET ${path}: the answer is not a list of the Kubernetes API`;
  return new KubeApiError({ message, reason: localReasons.badAnswer });
}
