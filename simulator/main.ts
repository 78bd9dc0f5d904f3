#!/usr/bin/env node
/** The `eci-simulator` command: parse, load the fixture, start, print the addresses, run until signalled. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSimClock } from './clock.ts';
import { describeAddresses } from './describe-addresses.ts';
import { registerEci } from './eci/register.ts';
import { createProcessRuntime } from './eci/process/process-runtime.ts';
import { defaultFixtureUrl, loadFixture } from './fixtures/load-fixture.ts';
import { parseOptions, usage, type SimulatorCliOptions } from './options.ts';
import { startRegistry } from './registry/front.ts';
import { createSimulator } from './simulator.ts';

async function run(options: SimulatorCliOptions): Promise<void> {
  const stopSignal = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  const fixture = await loadFixture(options.fixture ?? defaultFixtureUrl);
  const clock = createSimClock();
  const simulator = createSimulator({
    fixture,
    clock,
    port: options.port,
    host: options.host,
    latencyMs: options.latencyMs,
    onDefect: (error) => process.stderr.write(`${error instanceof Error ? (error.stack ?? '') : String(error)}\n`),
  });
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'eci-simulator-')));
  if (options.dataDir === undefined) simulator.onStop(() => rm(dataDir, { recursive: true, force: true }));
  try {
    // The registry first: who reads the printed addresses may pull at once.
    const registry = await startRegistry({
      simulator,
      dataDir,
      host: options.host,
      port: options.registryPort,
    });
    simulator.onStop(() => registry.stop());
    const runtime = options.runContainers ? await createProcessRuntime({ fixture, clock }) : undefined;
    if (runtime !== undefined) simulator.onStop(() => runtime.close());
    registerEci(simulator, {
      registryUrl: () => registry.url,
      ...(runtime === undefined ? {} : { runtime, claims: runtime.claims }),
    });
    const addresses = await simulator.start();
    process.stdout.write(describeAddresses({ fixture, addresses, registryUrl: registry.url }));
    await stopSignal;
  } finally {
    await simulator.stop();
  }
}

try {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') process.stdout.write(usage);
  else await run(options);
} catch (error) {
  process.stderr.write(`eci-simulator: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
