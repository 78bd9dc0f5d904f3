import { systemClock } from '../../clock.ts';
import type { Sources } from '../../config/settings.ts';
import type { Pod } from '../../kube/types.ts';
import type { CommandIo } from '../command-io.ts';
import { exitCode } from '../exit-code.ts';
import type { ExitCode } from '../exit-code.ts';
import { readConfigEvents } from '../helper/warning-events.ts';
import type { WarningEvent } from '../helper/warning-events.ts';
import { withHelperLookout } from '../helper/connect.ts';
import type { HelperLookout } from '../helper/connect.ts';
import { printable } from '../helper/printable.ts';
import { readConfiguration } from '../helper/read-configuration.ts';
import { overallVerdict } from './check-report.ts';
import type { CheckReport } from './check-report.ts';
import { diagnoseImage } from './diagnose.ts';
import type { HelperFacts } from './facts.ts';
import { gatherFacts, readPod } from './gather-facts.ts';
import { factsFromConfiguration, factsFromStatus } from './helper-facts.ts';
import { imagesOf, podFacts } from './pod-facts.ts';
import { renderCheck } from './render-check.ts';
import { isOnVirtualNode, reportVirtualNode } from './virtual-node.ts';

const DEFAULT_NAME = 'default';
/** Reasons of events that say why an entry has no password. */
const ENTRY_REASONS = ['CredentialFetchFailed', 'CredentialExpired'];

/**
 * Prints whether a Pod of a ServiceAccount could pull an image, and if not, every reason.
 * @returns `ok` when it could.
 * @throws ConfigError, and what reaching the API server throws.
 */
export async function checkImage(io: CommandIo, image: string, flags: Sources['flags']): Promise<ExitCode> {
  const { output, from, namespace, serviceAccount, ...configFlags } = flags;
  const about = {
    namespace: textOr(namespace, DEFAULT_NAME),
    serviceAccountName: textOr(serviceAccount, DEFAULT_NAME),
  };
  return withHelperLookout(io, configFlags, async (lookout) => {
    const client = await lookout.client();
    const [helper, cluster] = await Promise.all([askForFacts(lookout, from), gatherFacts(client, about)]);
    const diagnosis = diagnoseImage({ nowMs: systemClock.nowMs(), image, ...about, ...cluster, helper: helper.facts });
    const report: CheckReport = {
      namespace: about.namespace,
      serviceAccount: about.serviceAccountName,
      verdict: diagnosis.verdict,
      images: [diagnosis],
      ...helper.told,
    };
    return print(io, report, output);
  });
}

/**
 * Prints the same for every image of a Pod that exists. `problems` also when there is no such Pod, or it may not be seen.
 * @param name `namespace/name`.
 */
export async function checkPod(io: CommandIo, name: string, flags: Sources['flags']): Promise<ExitCode> {
  const { output, from, ...configFlags } = flags;
  const [namespace = '', podName = '', ...rest] = name.split('/');
  if (namespace === '' || podName === '' || rest.length > 0) {
    io.stderr.write(`"${name}" is no Pod; write namespace/name\n`);
    return exitCode.usage;
  }
  return withHelperLookout(io, configFlags, async (lookout) => {
    const { pod, node, events } = await readPod(await lookout.client(), namespace, podName);
    if (pod.kind !== 'seen') {
      const why = pod.kind === 'hidden' ? pod.why : 'there is no such Pod';
      io.stderr.write(`Pod ${namespace}/${podName}: ${why}\n`);
      return exitCode.problems;
    }
    const report = isOnVirtualNode(pod.value, node)
      ? onVirtualNode(pod.value, lookout)
      : await onOrdinaryNode({ pod: pod.value, events }, lookout, from);
    return print(io, report, output);
  });
}

function onVirtualNode(pod: Pod, { config }: HelperLookout): CheckReport {
  const virtualNode = reportVirtualNode(pod, config);
  return { ...placeOf(pod), verdict: virtualNode.verdict, virtualNode, images: [] };
}

async function onOrdinaryNode(
  { pod, events }: { pod: Pod; events: readonly WarningEvent[] },
  lookout: HelperLookout,
  from: unknown,
): Promise<CheckReport> {
  const place = placeOf(pod);
  const about = { namespace: place.namespace, serviceAccountName: place.serviceAccount };
  const [helper, cluster] = await Promise.all([
    askForFacts(lookout, from),
    gatherFacts(await lookout.client(), { ...about, pod }),
  ]);
  const nowMs = systemClock.nowMs();
  const images = imagesOf(pod).map((image) =>
    diagnoseImage({ nowMs, image, ...about, ...cluster, helper: helper.facts, pod: podFacts(pod, image, events) }),
  );
  return { ...place, verdict: overallVerdict(images.map(({ verdict }) => verdict)), images, ...helper.told };
}

function placeOf(pod: Pod): { namespace: string; serviceAccount: string; pod: string } {
  return {
    namespace: pod.metadata?.namespace ?? '',
    serviceAccount: pod.spec?.serviceAccountName ?? DEFAULT_NAME,
    pod: pod.metadata?.name ?? '',
  };
}

/** Asks the helper; where none answers, the ConfigMap and its events have to do. */
async function askForFacts(
  lookout: HelperLookout,
  from: unknown,
): Promise<{ facts: HelperFacts; told: Pick<CheckReport, 'helper' | 'helperSilent'> }> {
  const { config, regionId } = lookout;
  const answer = await lookout.ask(typeof from === 'string' ? from : undefined);
  if (answer.kind === 'answered') {
    return { facts: factsFromStatus(answer.status), told: { helper: `${answer.from} (${answer.status.role})` } };
  }
  const client = await lookout.client();
  const [configuration, events] = await Promise.all([
    readConfiguration(client, config.acrConfigMap),
    readConfigEvents(client, config.acrConfigMap),
  ]);
  const entryEvents =
    events.kind !== 'seen'
      ? []
      : events.value.filter(({ reason }) => ENTRY_REASONS.includes(reason)).map(({ message }) => message);
  return {
    facts: factsFromConfiguration(configuration, { regionId, entryEvents }),
    told: { helperSilent: answer.why },
  };
}

function print(io: CommandIo, report: CheckReport, output: unknown): ExitCode {
  io.stdout.write(
    output === 'json'
      ? `${JSON.stringify(report, undefined, 2)}\n`
      : printable(renderCheck(report, systemClock.nowMs())),
  );
  return report.verdict === 'yes' || report.verdict === 'anonymous' ? exitCode.ok : exitCode.problems;
}

function textOr(value: unknown, fallback: string): string {
  return typeof value === 'string' ? value : fallback;
}
