import assert from 'node:assert/strict';
import type { EciInstance, ObservedContainer } from '../../../../src/eci/instance/eci-instance.ts';
import { newInstance } from '../../../../src/eci/instance/merge-observation.ts';
import { hostsThatMayBePulled } from '../../../../src/eci/renewal/pulled-hosts.ts';
import type { Container } from '../../../../src/kube/types.ts';
import { aPod } from '../../../support/pod-builder.ts';

const running: ObservedContainer['state'] = { running: {} };
const ended = (exitCode: number): ObservedContainer['state'] => ({ terminated: { exitCode } });

interface Case {
  policy?: string;
  containers?: readonly (Partial<Container> & { state?: ObservedContainer['state']; restarts?: number })[];
  init?: Case['containers'];
  hosts: string[];
}

const app = (more: Partial<Container> & { state?: ObservedContainer['state']; restarts?: number } = {}) => ({
  name: 'app',
  image: 'app.example.com/a:1',
  ...more,
});
const side = (more: Parameters<typeof app>[0] = {}) => ({ ...app(more), name: 'side', image: 'side.example.com/b:1' });
const init = (more: Parameters<typeof app>[0] = {}) => ({ ...app(more), name: 'init', image: 'init.example.com/c:1' });

const cases: Readonly<Record<string, Case>> = {
  'Always: every container, running or not': {
    containers: [app({ state: running }), side({ state: ended(0) })],
    hosts: ['app.example.com', 'side.example.com'],
  },
  'pull policy IfNotPresent counts, because an unused image may be cleared away': {
    containers: [app({ state: running, imagePullPolicy: 'IfNotPresent' })],
    hosts: ['app.example.com'],
  },
  'pull policy Never pulls nothing': { containers: [app({ imagePullPolicy: 'Never' })], hosts: [] },
  'OnFailure: not what has ended with 0': {
    policy: 'OnFailure',
    containers: [app({ state: ended(0) }), side({ state: running })],
    hosts: ['side.example.com'],
  },
  'OnFailure: what has failed': {
    policy: 'OnFailure',
    containers: [app({ state: ended(2) })],
    hosts: ['app.example.com'],
  },
  'OnFailure: what waits to be started again': {
    policy: 'OnFailure',
    containers: [app({ state: { waiting: { reason: 'CrashLoopBackOff' } }, restarts: 1 })],
    hosts: ['app.example.com'],
  },
  'Never: only what has not started': {
    policy: 'Never',
    containers: [app({ state: running, imagePullPolicy: 'Always' }), side({ state: { waiting: {} } })],
    hosts: ['side.example.com'],
  },
  'Never: nothing once everything has started': {
    policy: 'Never',
    containers: [app({ state: running, imagePullPolicy: 'Always' }), side({ state: ended(1) })],
    init: [init({ state: ended(0) })],
    hosts: [],
  },
  'Never: containers behind an init container that still runs': {
    policy: 'Never',
    init: [init({ state: running })],
    containers: [app()],
    hosts: ['app.example.com'],
  },
  'Never: an init container that waits for its turn': {
    policy: 'Never',
    init: [init()],
    containers: [app({ imagePullPolicy: 'Never' })],
    hosts: ['init.example.com'],
  },
  'init containers run again when the group is restarted': {
    policy: 'OnFailure',
    init: [init({ state: ended(0) })],
    containers: [app({ state: ended(0) })],
    hosts: ['init.example.com'],
  },
  'a sidecar is restarted under any policy': {
    policy: 'Never',
    init: [init({ state: running, restartPolicy: 'Always' })],
    containers: [app({ state: running })],
    hosts: ['init.example.com'],
  },
  'Docker Hub by its one name': { containers: [app({ image: 'nginx' })], hosts: ['docker.io'] },
  'an image that cannot be read was never given a credential': { containers: [app({ image: 'UPPER' })], hosts: [] },
};

describe('hostsThatMayBePulled', () => {
  for (const [name, { policy, containers = [app()], init: initial = [], hosts }] of Object.entries(cases)) {
    it(name, () => {
      const pod = aPod({
        spec: {
          ...(policy === undefined ? {} : { restartPolicy: policy }),
          containers: containers.map(spec),
          initContainers: initial.map(spec),
        },
      });
      const instance: EciInstance = {
        ...newInstance({ uid: 'u', namespace: 'n', name: 'p', instanceId: 'eci-1' }),
        containers: containers.flatMap(seen),
        initContainers: initial.flatMap(seen),
      };
      assert.deepEqual([...hostsThatMayBePulled(pod, instance)].toSorted(), hosts);
    });
  }
});

type Given = NonNullable<Case['containers']>[number];

function spec({ state: _state, restarts: _restarts, name = 'app', ...rest }: Given): Container {
  return { name, ...rest };
}

function seen({ state, restarts, name = 'app' }: Given): ObservedContainer[] {
  if (state === undefined && restarts === undefined) return [];
  return [
    {
      name,
      ...(state === undefined ? {} : { state }),
      ...(restarts === undefined ? {} : { restartCount: restarts }),
    },
  ];
}
