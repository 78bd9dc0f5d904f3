/**
 * Measures what users feel: how fast Pods reach the cloud, what they cost in calls, what a node costs at rest, how long commands take.
 * Prints figures and never judges them: they depend on the machine. Usage: `npm run bench [-- NAME...]`.
 */
import process from 'node:process';
import type { Benchmark } from './benchmark.ts';
import { buildProduct } from './build-product.ts';
import { burst } from './burst.ts';
import { chains } from './chains.ts';
import { credentialHelper } from './credential-helper.ts';
import { describeMachine } from './machine.ts';
import { exec } from './exec.ts';
import { logs } from './logs.ts';
import { createReport } from './report.ts';
import { startup } from './startup.ts';
import { steady } from './steady.ts';
import { webhook } from './webhook.ts';

const benchmarks: readonly Benchmark[] = [startup, burst, chains, steady, logs, exec, webhook, credentialHelper];

async function main(names: readonly string[]): Promise<void> {
  const list = benchmarks.map(({ name, about }) => `  ${name.padEnd(10)} ${about}`).join('\n');
  if (names.includes('--help')) {
    process.stdout.write(`npm run bench [-- NAME...]\n\n${list}\n`);
    return;
  }
  const unknown = names.filter((name) => !benchmarks.some((benchmark) => benchmark.name === name));
  if (unknown.length > 0) throw new Error(`there is no benchmark ${unknown.join(', ')}; there are\n${list}`);

  const startedMs = performance.now();
  const report = createReport((text) => process.stdout.write(text));
  process.stdout.write(`${new Date().toISOString().slice(0, 10)}, ${describeMachine()}\n`);
  await buildProduct();
  for (const benchmark of benchmarks) {
    if (names.length === 0 || names.includes(benchmark.name)) await benchmark.run(report);
  }
  process.stdout.write(`\n${((performance.now() - startedMs) / 1000).toFixed(0)} s in all\n`);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
