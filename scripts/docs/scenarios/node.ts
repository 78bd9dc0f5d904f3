import type { Scenario } from './scenario.ts';

/** See the page. */
export const nodeScenarios: readonly Scenario[] = [
  {
    id: 'N1',
    claim:
      'A start on an empty cluster makes a Node that is Ready, with type label, taint, capacity, addresses and kubelet port.',
    tests: [
      'test/integration/node.test.ts: is Ready with label, taint, capacity, address and port',
      'test/unit/node/node-controller.test.ts: creates a Node with everything on it, and tells its UID',
    ],
  },
  {
    id: 'N2',
    claim: 'The lease is held by the node and owned by it; it is renewed, and the status is not written at that rate.',
    tests: [
      'test/integration/node.test.ts: keeps cordons, foreign labels, taints and conditions of others, and renews its lease without writing its status',
      'test/unit/node/node-lease.test.ts: names the node as holder and owner, and is renewed every ten seconds with one call',
    ],
  },
  {
    id: 'N3',
    claim: 'Without leases nothing is written to them, and the status is written at the short interval.',
    tests: [
      'test/integration/node.test.ts: writes its status every ten seconds where it may not have a lease',
      'test/unit/node/node-lease.test.ts: is given up with one line when ${what}',
    ],
  },
  {
    id: 'N4',
    claim: 'A change of health is written without waiting for the interval.',
    tests: ['test/unit/node/node-controller.test.ts: writes a changed condition without waiting for the interval'],
  },
  {
    id: 'N5',
    claim:
      'A status update that finds no Node makes the Node again and nothing else; a machine that took the name is left alone.',
    tests: [
      'test/unit/node/node-controller.test.ts: creates a deleted Node again, and has its lease renewed at once',
      'test/unit/node/node-controller.test.ts: does not touch a machine that registered under its name while the Node was gone',
    ],
  },
  {
    id: 'N6',
    claim: 'A second update without a change writes nothing that differs.',
    tests: [
      'test/unit/node/node-controller.test.ts: writes the status once a minute and nothing else while nothing happens',
      'test/unit/node/node-object.test.ts: writes nothing when everything is as configured',
    ],
  },
  {
    id: 'N7',
    claim: 'A status write that fails does not end the loop, and a missing Node is made again.',
    tests: [
      'test/unit/node/node-controller.test.ts: goes on after the API server refused a write',
      'test/unit/node/node-controller.test.ts: notices a deletion within ten seconds although nothing can be watched',
    ],
  },
  {
    id: 'N8',
    claim: 'Probes have a timer of their own, with or without leases.',
    tests: ['test/unit/node/health-probe.test.ts: asks every ten seconds by a timer of its own'],
  },
  {
    id: 'N9',
    claim: 'A Node that somebody deletes comes back, Ready, with a lease that belongs to the new one.',
    tests: [
      'test/faults/node-deleted.test.ts: comes back when somebody deletes it',
      'test/integration/workloads.test.ts: a node that is deleted comes back and runs its Pods on',
    ],
    beyond: 'The Pods of the node run on.',
  },
  {
    id: 'N10',
    claim: 'While the local probe fails, neither lease nor status is renewed.',
    tests: [
      'test/unit/node/node-lease.test.ts: is not written while the Node is unknown, nor while this process cannot serve',
      'test/unit/node/node-controller.test.ts: writes nothing while this process cannot serve, and everything once it can',
      'test/unit/node/health-probe.test.ts: says which check failed and why',
    ],
  },
  {
    id: 'N11',
    claim: 'Capacity, operating system, addresses and conditions are those of the configuration, with defaults.',
    tests: [
      'test/unit/node/node-object.test.ts: carries the label contract, the taint, capacity and a version that parses',
      'test/integration/node.test.ts: is no more than the vCPU quota when that is asked for',
    ],
  },
  {
    id: 'N12',
    claim: 'Taints come from the usual environment variables; an effect that does not exist is refused at the start.',
    tests: [
      'test/unit/config/build-config.test.ts: accepts the environment names of other programs, our own first',
      'test/unit/config/taint.test.ts: split into key, value and effect',
    ],
  },
  {
    id: 'N13',
    claim: 'A change of health is told once.',
    tests: [
      'test/unit/node/health-probe.test.ts: tells every subscriber once per transition',
      'test/integration/node.test.ts: stays Ready while the cloud is away, and says so',
    ],
  },
  {
    id: 'N14',
    claim: 'The loops end promptly and without an error when they are told to.',
    tests: [
      'test/faults/shutdown.test.ts: waits for the answers, writes down what was made',
      'test/unit/run-loops.test.ts: lets what is in flight end, then finishes, then returns',
    ],
    beyond: 'What was sent is waited for within a budget, so that nothing is made twice.',
  },
];
