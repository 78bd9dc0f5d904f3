/**
 * Connects the parts of the simulator. One HTTP server stands for every service, since the SDKs tell the service by the version
 * of the API: 2018-08-08 is ECI, 2015-04-01 is STS, 2018-12-01 and 2016-06-07 are Container Registry. The metadata service has
 * paths of its own, and so have the control paths. See `request-region.ts` for how a region is told.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Answer } from './answer.ts';
import type { MovableClock } from './clock.ts';
import { addIdentityControlRoutes } from './control-identities.ts';
import { addControlRoutes } from './control-routes.ts';
import { CONTROL_PREFIX, createControlTable } from './control.ts';
import { createCrState } from './cr/acr-state.ts';
import { registerCr } from './cr/register-cr.ts';
import { createDispatcher } from './dispatcher.ts';
import { createFaultTable } from './faults.ts';
import type { Fixture } from './fixtures/fixture.ts';
import { fixtureRegions } from './fixtures/fixture-regions.ts';
import { close, createHttpServer, listen } from './http-server.ts';
import { createJournal } from './journal.ts';
import { createMetadataService } from './metadata/metadata-service.ts';
import { createOperationTable } from './operation-table.ts';
import { createAuthorizer } from './ram/authorizer.ts';
import { createRamDirectory } from './ram/directory.ts';
import { createAuthenticator } from './signature/authenticator.ts';
import type { RawRequest } from './signature/raw-request.ts';
import { createProviderKeys } from './sts/provider-keys.ts';
import { registerSts } from './sts/register-sts.ts';
import { createSessionStore } from './sts/session-store.ts';
import type { Simulator } from './types.ts';
import { createWebSocketTable } from './web-sockets.ts';

export interface SimulatorOptions {
  fixture: Fixture;
  clock: MovableClock;
  /** Main port; the other regions take the following ones. 0, the default, lets the system choose. */
  port?: number;
  /** Address to listen on. Default: 127.0.0.1. */
  host?: string;
  /** Waiting time before every API answer, in milliseconds. Default: 0. */
  latencyMs?: number;
  /** 0 to 1, one excluded; decides about faults with a probability. */
  random?: () => number;
  /** Told about exceptions that are no refusals. Default: silence, beyond the answer 500. */
  onDefect?: (error: unknown) => void;
}

/**
 * Creates a simulator that answers STS, Container Registry and the metadata service. It listens after `start`.
 * @throws PolicyGrammarError when a policy of the fixture cannot be read.
 */
export function createSimulator(options: SimulatorOptions): Simulator {
  const { fixture, clock } = options;
  const host = options.host ?? '127.0.0.1';
  const skew = { ms: 0 };
  const machineNowMs = (): number => clock.machineNowMs() + skew.ms;
  const nowMs = (): number => clock.nowMs();

  const directory = createRamDirectory(fixture);
  const authorizer = createAuthorizer(directory);
  const sessions = createSessionStore({ nowMs, randomText });
  const providerKeys = createProviderKeys();
  const acr = createCrState(fixture, { authorizer, nowMs, randomText });
  const metadata = createMetadataService(fixture, { authorizer, sessions, nowMs, randomText });
  const journal = createJournal();
  const faults = createFaultTable(options.random ?? Math.random);
  const operations = createOperationTable();
  const control = createControlTable();
  const webSockets = createWebSocketTable({ faults, journal, nowMs });
  const stateReaders = new Map<string, () => unknown>();
  const stopCallbacks: (() => Promise<void> | void)[] = [];

  const dispatch = createDispatcher({
    operations,
    authenticate: createAuthenticator({
      findKey: (accessKeyId) => sessions.find(accessKeyId) ?? directory.findKey(accessKeyId),
      nowMs,
      machineNowMs,
    }),
    faults,
    journal,
    nowMs,
    latencyMs: options.latencyMs ?? 0,
    newRequestId: () => randomUUID().toUpperCase(),
    onDefect: options.onDefect ?? (() => undefined),
  });

  const answerMetadata = (request: RawRequest): Answer => {
    const given = metadata.answer(request);
    const httpStatus = given.kind === 'drop' ? 0 : given.status;
    journal.record({
      time: new Date(nowMs()).toISOString(),
      product: 'metadata',
      version: '',
      action: `${request.method} ${request.path}`,
      regionId: fixture.regionId,
      principalArn: '',
      chainDepth: 0,
      parameters: {},
      result: given.kind === 'drop' ? 'dropped' : httpStatus === 200 ? 'OK' : String(httpStatus),
      httpStatus,
      requestId: '',
      ms: 0,
    });
    return given;
  };

  const answer = async (request: RawRequest, portRegionId: string): Promise<Answer> => {
    if (request.path.startsWith(CONTROL_PREFIX)) {
      return control.answer({ ...request, query: new Map(request.query) });
    }
    if (request.path.startsWith('/latest/')) return answerMetadata(request);
    return dispatch(request, portRegionId);
  };
  const regions = fixtureRegions(fixture);
  const servers = regions.map((regionId) => ({
    regionId,
    server: createHttpServer((request) => answer(request, regionId)),
  }));
  for (const { regionId, server } of servers) webSockets.attach(server, regionId);

  const simulator: Simulator = {
    fixture,
    clock,
    authorizer,
    acr,
    journal,
    register: (operation) => operations.add(operation),
    addState: (name, read) => {
      stateReaders.set(name, read);
    },
    addControl: (route, handler) => control.add(route, handler),
    addWebSocket: (path, route) => webSockets.add(path, route),
    onStop: (callback) => {
      stopCallbacks.unshift(callback);
    },
    start: async () => {
      const regionUrls: Record<string, string> = {};
      try {
        for (const [index, { regionId, server }] of servers.entries()) {
          const wanted = options.port === undefined || options.port === 0 ? 0 : options.port + index;
          const port = await listen(server, host, wanted);
          regionUrls[regionId] = `http://${host}:${port}`;
        }
      } catch (error) {
        await simulator.stop();
        throw error;
      }
      return { url: regionUrls[fixture.regionId] ?? '', regionUrls };
    },
    stop: async () => {
      for (const callback of stopCallbacks.splice(0)) await callback();
      webSockets.close();
      await Promise.all(servers.map(({ server }) => close(server)));
      clock.stop();
    },
  };

  registerSts(simulator, { directory, authorizer, sessions, providerKeys, machineNowMs });
  registerCr(simulator, { state: acr, authorizer, regions });
  simulator.addState('principals', () => directory.principals());
  addControlRoutes(control, {
    clock,
    skew,
    faults,
    journal,
    readState: async () => {
      const members = await Promise.all(
        [...stateReaders].map(async ([name, read]): Promise<[string, unknown]> => [name, await read()]),
      );
      return Object.fromEntries(members);
    },
  });
  addIdentityControlRoutes(control, { clock, metadata, directory, authorizer, sessions, providerKeys });
  return simulator;
}

/** Letters and digits that nobody can guess. */
function randomText(length: number): string {
  let text = '';
  while (text.length < length)
    text += randomBytes(length)
      .toString('base64')
      .replaceAll(/[^A-Za-z0-9]/g, '');
  return text.slice(0, length);
}
