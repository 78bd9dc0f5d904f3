/**
 * The whole story on one machine: a real Kubernetes control plane, a simulated cloud, eci-kubelet, the samples. Usage:
 * `npm run demo [-- --keep]`.
 */
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { applySamples } from './demo/apply-samples.ts';
import { createNarrator } from './demo/narrator.ts';
import { nodeName, pathFromHere, StageCrew } from './demo/stage.ts';
import type { Stage } from './demo/stage.ts';

const usage = `Usage: npm run demo [-- --keep]

Starts a Kubernetes control plane, a simulated cloud and eci-kubelet on this machine, applies samples/, shows what happens, and
stops everything. Needs no account and no network.

  --keep   leave it running until Ctrl-C, for experiments with kubectl
`;

/** The last events are told a moment after the last status. */
const settleMs = 1_000;

/** Beyond what eci-kubelet allows its last calls. Who has not stopped by then is killed when this process ends. */
const stopBudgetMs = 25_000;

const interruptedExitCode = 130;

const startedMs = performance.now();

function say(line: string): void {
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1).padStart(6);
  process.stdout.write(`${seconds} s  ${line}\n`);
}

async function play({ plane }: Stage): Promise<void> {
  const narrator = await createNarrator(plane.kubeconfigPath, say);
  try {
    const samples = pathFromHere('samples');
    say(`kubectl apply -f ${samples}/`);
    await applySamples(plane, samples, nodeName);
    await delay(settleMs);

    const mistake = pathFromHere('scripts', 'demo', 'untrusted-role.yaml');
    say(`kubectl apply -f ${mistake}: a registry whose role does not trust ours`);
    const pod = await readFile(mistake, 'utf8');
    await plane.kubectl(['apply', '-f', '-'], plane.hasControllers ? pod : `${pod}  nodeName: ${nodeName}\n`);
    await plane.kubectl(['wait', '--for=condition=ImageCredentials=False', 'pod/untrusted-role', '--timeout=30s']);
    await delay(settleMs);
  } finally {
    await narrator.stop();
  }
  const what = 'pods,imagecaches';
  process.stdout.write(`\n$ kubectl get ${what}\n${await plane.kubectl(['get', what])}`);
}

function describeKept({ plane, kubectl, simulatorUrl }: Stage): string {
  return `
It goes on until Ctrl-C, which stops everything. In another terminal:

  export KUBECONFIG=${plane.kubeconfigPath}
  ${kubectl} describe pod untrusted-role
  curl -s ${simulatorUrl}/_sim/journal      # every call to the simulated cloud
`;
}

async function main(args: readonly string[], crew: StageCrew): Promise<number> {
  const unknown = args.find((arg) => arg !== '--keep' && arg !== '--help');
  if (unknown !== undefined || args.includes('--help')) {
    process.stdout.write(unknown === undefined ? usage : `demo: there is no option ${unknown}\n${usage}`);
    return unknown === undefined ? 0 : 2;
  }
  const stage = await crew.start(say);
  await play(stage);
  if (args.includes('--keep')) {
    process.stdout.write(describeKept(stage));
    await new Promise<never>(() => {});
  }
  return 0;
}

const crew = new StageCrew();
// Listening also keeps a second signal, which npm sends after the terminal's, from ending us before we have cleaned up.
const interrupted = new Promise<number>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve(interruptedExitCode));
});
let code: number;
try {
  code = await Promise.race([main(process.argv.slice(2), crew), interrupted]);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  code = 1;
}
if (!crew.isIdle()) {
  process.stdout.write('\nstopping everything\n');
  await Promise.race([crew.stop(), delay(stopBudgetMs)]);
}
// What was interrupted in the middle still waits for processes that are gone.
process.exit(code);
