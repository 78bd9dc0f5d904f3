import type { MovableClock } from './clock.ts';
import type { ControlTable } from './control.ts';
import type { FaultTable } from './faults.ts';
import type { MetadataService } from './metadata/metadata-service.ts';
import type { RamDirectory } from './ram/directory.ts';
import type { ProviderKeys } from './sts/provider-keys.ts';
import type { Journal } from './types.ts';

export interface ControlParts {
  clock: MovableClock;
  /** How far the clock that request dates are compared with is off, in milliseconds. */
  skew: { ms: number };
  faults: FaultTable;
  journal: Journal;
  metadata: MetadataService;
  directory: RamDirectory;
  providerKeys: ProviderKeys;
  readState(): Promise<Record<string, unknown>>;
}

/** Adds the control paths that concern no single service. */
export function addControlRoutes(control: ControlTable, parts: ControlParts): void {
  const { clock, skew, faults, journal, metadata } = parts;
  const get = (path: string): { method: string; path: string } => ({ method: 'GET', path });
  const post = (path: string): { method: string; path: string } => ({ method: 'POST', path });

  control.add(get('/_sim/healthz'), () => ({ status: 'ok' }));
  control.add(get('/_sim/state'), () => parts.readState());

  control.add(get('/_sim/journal'), ({ query }) => {
    const after = query.get('after');
    const texts = ['action', 'product', 'result'].flatMap((name) => {
      const value = query.get(name);
      return value === undefined ? [] : [[name, value]];
    });
    const entries = journal.entries({
      ...Object.fromEntries(texts),
      ...(after === undefined ? {} : { after: Number(after) }),
    });
    return { count: entries.length, entries };
  });
  control.add({ method: 'DELETE', path: '/_sim/journal' }, () => journal.clear());

  control.add(get('/_sim/faults'), () => ({ faults: faults.list() }));
  control.add(post('/_sim/faults'), ({ body }) => {
    faults.add(Array.isArray(body) ? body : [body]);
    return { faults: faults.list() };
  });
  control.add({ method: 'DELETE', path: '/_sim/faults' }, () => faults.clear());

  const clockState = (): Record<string, unknown> => ({
    now: new Date(clock.nowMs()).toISOString(),
    offsetMs: clock.offsetMs(),
    skewMs: skew.ms,
  });
  control.add(get('/_sim/clock'), clockState);
  control.add(post('/_sim/clock'), ({ body }) => {
    const { advanceMs, skewMs } = numbersOf(body, ['advanceMs', 'skewMs']);
    if (advanceMs !== undefined) clock.advance(advanceMs);
    if (skewMs !== undefined) skew.ms = skewMs;
    return clockState();
  });

  control.add(post('/_sim/metadata'), ({ body }) => {
    const { mode } = membersOf(body, ['mode']);
    if (mode !== 'optional' && mode !== 'required' && mode !== 'disabled') {
      throw new TypeError('mode must be optional, required or disabled');
    }
    metadata.setMode(mode);
    return { mode };
  });

  control.add(post('/_sim/oidc-token'), ({ body }) => {
    const {
      provider: providerArn,
      subject,
      audience,
    } = membersOf(body, ['provider', 'subject', 'audience', 'expiresInSeconds']);
    const { expiresInSeconds = 3600 } = numbersOf(body, ['expiresInSeconds']);
    const provider = typeof providerArn === 'string' ? parts.directory.findProvider(providerArn) : undefined;
    if (provider === undefined) throw new TypeError('provider must be the ARN of an OIDC provider of the fixture');
    if (typeof subject !== 'string') throw new TypeError('subject must be a text');
    const issuedAt = Math.floor(clock.machineNowMs() / 1000);
    const token = parts.providerKeys.mint(provider, {
      iss: provider.issuer,
      aud: [audience ?? provider.clientIds[0]],
      sub: subject,
      iat: issuedAt,
      exp: issuedAt + expiresInSeconds,
    });
    if (token === undefined) throw new TypeError(`the keys of ${provider.arn} are not generated ones`);
    return { token };
  });
}

function membersOf(body: unknown, known: readonly string[]): Record<string, unknown> {
  if (typeof body !== 'object' || body === null) throw new TypeError(`the body must be JSON with ${known.join(', ')}`);
  const unknown = Object.keys(body).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new TypeError(`unknown members: ${unknown.join(', ')}; known are ${known.join(', ')}`);
  return { ...body };
}

function numbersOf<Name extends string>(body: unknown, names: readonly Name[]): Partial<Record<Name, number>> {
  const members: Record<string, unknown> = typeof body === 'object' && body !== null ? { ...body } : {};
  const numbers: Partial<Record<Name, number>> = {};
  for (const name of names) {
    const value = members[name];
    if (value === undefined) continue;
    if (typeof value !== 'number' || !Number.isFinite(value)) throw new TypeError(`${name} must be a number`);
    numbers[name] = value;
  }
  return numbers;
}
