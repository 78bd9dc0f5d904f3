import { systemClock } from '../../src/clock.ts';
import { createKubeClient } from '../../src/kube/client.ts';
import { loadKubeConfig } from '../../src/kube/kube-config.ts';
import { createReflector } from '../../src/kube/reflector.ts';
import type { KubeObject, Pod } from '../../src/kube/types.ts';

/** Says what happens in the cluster, as it happens. */
export interface Narrator {
  stop(): Promise<void>;
}

/** A core/v1 Event, as far as it is told. */
type ClusterEvent = KubeObject & {
  reason?: string;
  message?: string;
  source?: { component?: string };
  involvedObject?: { kind?: string; name?: string };
};

/** Pods of one Deployment do the same: what was said of one need not be said of the others. */
const podSuffix = /-[a-z0-9]{8,10}-[a-z0-9]{5}$/;

/** ECI’s own words about each step of each container: true, and not what the demo is about. */
const routine = new Set(['Creating', 'SuccessfulMountVolume', 'Pulling', 'Pulled', 'Created', 'Started', 'Killing']);

/** Watches Pods and the events of eci-kubelet in the namespace `default`, and says each thing once. */
export async function createNarrator(kubeconfigPath: string, say: (line: string) => void): Promise<Narrator> {
  const kubeConfig = await loadKubeConfig({ kind: 'file', paths: [kubeconfigPath] });
  const client = createKubeClient({ kubeConfig, clock: systemClock });
  const said = new Set<string>();
  const sayOnce = (line: string): void => {
    if (said.has(line)) return;
    said.add(line);
    say(line);
  };
  const stop = new AbortController();
  const watches = [
    createReflector<ClusterEvent>({
      client,
      path: '/api/v1/namespaces/default/events',
      clock: systemClock,
      onEvent: ({ type, object }) => {
        if (type !== 'deleted') describeEvent(object).forEach(sayOnce);
      },
    }),
    createReflector<Pod>({
      client,
      path: '/api/v1/namespaces/default/pods',
      clock: systemClock,
      onEvent: ({ type, object }) => {
        if (type !== 'deleted') describePod(object).forEach(sayOnce);
      },
    }),
  ];
  const running = watches.map((watch) => watch.run(stop.signal));
  await Promise.all(watches.map((watch) => watch.waitForSync(stop.signal)));
  return {
    async stop() {
      stop.abort();
      await Promise.all(running);
      await client.close();
    },
  };
}

function describeEvent({ reason, message, source, involvedObject }: ClusterEvent): string[] {
  // That a container group was accepted shows in the status right after.
  if (source?.component !== 'eci-kubelet' || reason === 'ProviderCreateSuccess') return [];
  const { kind = '', name = '' } = involvedObject ?? {};
  if (kind === 'Pod' && routine.has(reason ?? '')) return [];
  const subject = podSuffix.test(name) ? `Pods ${name.replace(podSuffix, '')}` : `${kind} ${name}`;
  return [`${subject}: ${reason}\n           ${message}`];
}

function describePod({ metadata, status }: Pod): string[] {
  if (status?.phase !== 'Running') return [];
  return [`Pod ${metadata?.name}: Running at ${status.podIP}`];
}
