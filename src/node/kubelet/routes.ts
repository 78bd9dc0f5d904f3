/**
 * The routes of the kubelet API: which paths exist, for which methods, and what a caller must be allowed for each. One table
 * answers all three questions, so that what is authorized and what is carried out can never be two readings of one path.
 * Source: kubelet's server (routes, go-restful) and its authorizer attributes (`NodeRequestAttributesGetter`).
 */

/** What is done for a route; `absent` is a path that kubelet has and we do not. */
export type RouteAnswer =
  | 'health'
  | 'pods'
  | 'running-pods'
  | 'log'
  | 'exec'
  | 'attach'
  | 'portForward'
  | 'run'
  | 'summary'
  | 'resource-metrics'
  | 'own-metrics'
  | 'absent';

export interface Route {
  /** `:name` takes one segment that is not empty, a last `*` any rest. */
  pattern: string;
  methods: readonly string[];
  answer: RouteAnswer;
  /** Subresources of `nodes`, any of which suffices, in the order in which they are asked for. */
  subresources: readonly string[];
  /**
   * Always asked for as `create`, whatever the method. A WebSocket upgrade is a GET, so on a real kubelet whoever may read
   * `nodes/proxy`, as monitoring agents may, can run commands in every container.
   */
  hardened?: true;
}

const streaming = { methods: ['GET', 'POST'], subresources: ['proxy'], hardened: true } as const;
const absent = { methods: ['GET', 'POST'], answer: 'absent' } as const;
const health = { methods: ['GET'], answer: 'health', subresources: ['healthz', 'proxy'] } as const;

/** The first row that fits counts. */
export const routes: readonly Route[] = [
  { pattern: '/healthz', ...health },
  { pattern: '/healthz/ping', ...health },
  { pattern: '/healthz/syncloop', ...health },
  { pattern: '/livez', ...health },
  { pattern: '/readyz', ...health },
  { pattern: '/pods', methods: ['GET'], answer: 'pods', subresources: ['pods', 'proxy'] },
  { pattern: '/runningpods', methods: ['GET'], answer: 'running-pods', subresources: ['pods', 'proxy'] },
  { pattern: '/containerLogs/:namespace/:pod/:container', methods: ['GET'], answer: 'log', subresources: ['proxy'] },
  { pattern: '/exec/:namespace/:pod/:container', answer: 'exec', ...streaming },
  { pattern: '/exec/:namespace/:pod/:uid/:container', answer: 'exec', ...streaming },
  { pattern: '/attach/:namespace/:pod/:container', answer: 'attach', ...streaming },
  { pattern: '/attach/:namespace/:pod/:uid/:container', answer: 'attach', ...streaming },
  { pattern: '/portForward/:namespace/:pod', answer: 'portForward', ...streaming },
  { pattern: '/portForward/:namespace/:pod/:uid', answer: 'portForward', ...streaming },
  { pattern: '/run/:namespace/:pod/:container', answer: 'run', ...streaming, methods: ['POST'] },
  { pattern: '/run/:namespace/:pod/:uid/:container', answer: 'run', ...streaming, methods: ['POST'] },
  { pattern: '/exec/*', ...absent, ...streaming },
  { pattern: '/attach/*', ...absent, ...streaming },
  { pattern: '/portForward/*', ...absent, ...streaming },
  { pattern: '/run/*', ...absent, ...streaming },
  { pattern: '/stats/summary', methods: ['GET', 'POST'], answer: 'summary', subresources: ['stats'] },
  { pattern: '/stats/*', ...absent, subresources: ['stats'] },
  { pattern: '/metrics/resource', methods: ['GET'], answer: 'resource-metrics', subresources: ['metrics'] },
  { pattern: '/metrics', methods: ['GET'], answer: 'own-metrics', subresources: ['metrics'] },
  { pattern: '/metrics/*', ...absent, subresources: ['metrics'] },
  { pattern: '/logs', ...absent, subresources: ['log'] },
  { pattern: '/logs/*', ...absent, subresources: ['log'] },
  { pattern: '/configz', ...absent, subresources: ['configz', 'proxy'] },
  { pattern: '/debug/*', ...absent, subresources: ['proxy'] },
  { pattern: '/checkpoint/*', ...absent, subresources: ['proxy'] },
];

/** Anything else that somebody may ask for: who may not proxy does not learn either that it is not there. */
const nowhere: Route = { pattern: '*', ...absent, subresources: ['proxy'] };

/** Values of the `:name` segments. */
export type RouteParameters = Readonly<Partial<Record<string, string>>>;

export interface RouteMatch {
  route: Route;
  parameters: RouteParameters;
}

/** Finds the route of a path. Pure. @param path as requested, without the query. A slash at the end makes no difference. */
export function matchRoute(path: string): RouteMatch {
  const segments = decodeSegments(path);
  if (segments === undefined) return { route: nowhere, parameters: {} };
  for (const { route, pattern } of compiled) {
    const parameters = matchSegments(pattern, segments);
    if (parameters !== undefined) return { route, parameters };
  }
  return { route: nowhere, parameters: {} };
}

const compiled = routes.map((route) => ({ route, pattern: route.pattern.slice(1).split('/') }));

function matchSegments(pattern: readonly string[], segments: readonly string[]): RouteParameters | undefined {
  const open = pattern.at(-1) === '*';
  const fixed = open ? pattern.slice(0, -1) : pattern;
  if (open ? segments.length < fixed.length : segments.length !== fixed.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, expected] of fixed.entries()) {
    const segment = segments[index] ?? '';
    if (expected.startsWith(':')) {
      if (segment === '') return undefined;
      parameters[expected.slice(1)] = segment;
    } else if (segment !== expected) return undefined;
  }
  return parameters;
}

/** @returns undefined for a path that is no path, or whose escapes are broken. */
function decodeSegments(path: string): string[] | undefined {
  if (!path.startsWith('/')) return undefined;
  const trimmed = path.length > 1 && path.endsWith('/') ? path.slice(1, -1) : path.slice(1);
  try {
    return trimmed.split('/').map((segment) => decodeURIComponent(segment));
  } catch {
    return undefined;
  }
}
