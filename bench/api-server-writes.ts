import type { ControlPlane } from '../test/support/control-plane.ts';

/** Writes that the API server has counted, by what a reader would call them. */
export type ApiServerWrites = Readonly<
  Record<'pod status' | 'pod' | 'event' | 'token' | 'node status' | 'lease' | 'secret' | 'service account', number>
>;

/** Who writes these in a cluster whose Pods are bound already: the virtual node alone, but for the Pods' own creation. */
const kinds: readonly { kind: keyof ApiServerWrites; resource: string; subresource: string; verbs: RegExp }[] = [
  { kind: 'pod status', resource: 'pods', subresource: 'status', verbs: /^(PATCH|PUT)$/ },
  { kind: 'pod', resource: 'pods', subresource: '', verbs: /^(PATCH|PUT|DELETE)$/ },
  { kind: 'event', resource: 'events', subresource: '', verbs: /^(POST|PATCH|PUT)$/ },
  { kind: 'node status', resource: 'nodes', subresource: 'status', verbs: /^(PATCH|PUT)$/ },
  { kind: 'lease', resource: 'leases', subresource: '', verbs: /^(POST|PATCH|PUT)$/ },
  { kind: 'secret', resource: 'secrets', subresource: '', verbs: /^(POST|PATCH|PUT|DELETE)$/ },
  { kind: 'service account', resource: 'serviceaccounts', subresource: '', verbs: /^(PATCH|PUT)$/ },
  { kind: 'token', resource: 'serviceaccounts', subresource: 'token', verbs: /^POST$/ },
];

/** Reads the API server's own counters, which tell resources apart; those of the product tell verbs only. */
export async function readApiServerWrites(plane: ControlPlane): Promise<ApiServerWrites> {
  const text = await plane.kubectl(['get', '--raw', '/metrics']);
  const writes = {
    'pod status': 0,
    pod: 0,
    event: 0,
    token: 0,
    'node status': 0,
    lease: 0,
    secret: 0,
    'service account': 0,
  };
  for (const line of text.split('\n')) {
    if (!line.startsWith('apiserver_request_total{')) continue;
    const label = (name: string): string => new RegExp(`[{,]${name}="([^"]*)"`).exec(line)?.[1] ?? '';
    const found = kinds.find(
      ({ resource, subresource, verbs }) =>
        label('resource') === resource && label('subresource') === subresource && verbs.test(label('verb')),
    );
    if (found !== undefined) writes[found.kind] += Number(line.slice(line.lastIndexOf(' ') + 1));
  }
  return writes;
}
