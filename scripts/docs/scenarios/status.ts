import type { Scenario } from './scenario.ts';

/** See the page. */
export const statusScenarios: readonly Scenario[] = [
  {
    id: 'S1',
    claim: 'Phases, container states, reasons, times and exit codes are mapped as documented.',
    tests: [
      'test/unit/eci/status/map-pod-status.test.ts: is ${title}',
      'test/unit/eci/status/map-pod-status.test.ts: passes the reasons that users know',
    ],
    beyond: 'Both answers of the cloud map to the same status.',
  },
  {
    id: 'S2',
    claim: 'A lookup that fails, or an answer with gaps, keeps the status.',
    tests: [
      'test/unit/eci/feed/feed.test.ts: has not synced while any page fails, and tries again',
      'test/unit/eci/status/map-pod-status.test.ts: lists every container in the order of the spec, also those that the cloud does not tell',
      'test/unit/eci/status/map-pod-status.test.ts: keeps the start time, the quality of service and addresses that an answer lacks',
    ],
  },
  {
    id: 'S3',
    claim: 'Only Pods that are known are updated.',
    tests: ['test/unit/eci/feed/feed.test.ts: ignores groups of other clusters and nodes'],
  },
  {
    id: 'S4',
    claim: 'A running Pod whose container group is gone fails.',
    tests: [
      'test/unit/eci/feed/feed.test.ts: notices a group that somebody deleted behind our back',
      'test/unit/node/pod-controller/ending.test.ts: fails a Pod whose instance is gone',
    ],
    beyond: 'Only once the absence is proven; as a disruption that a Job need not count.',
  },
  {
    id: 'S5',
    claim: 'A Pod that is still pending is left alone.',
    tests: [
      'test/unit/node/decide.test.ts: waits for an instance that was created and is not listed yet',
      'test/unit/eci/feed/feed-rules.test.ts: gives a claim a minute',
    ],
  },
  {
    id: 'S6',
    claim: 'Finished Pods are not written any more; they are in the one listing with the others.',
    tests: [
      'test/integration/pod-deletion.test.ts: is left alone by the next process when it has come before',
      'test/unit/eci/status/map-pod-status.test.ts: is stable: mapping again what was written changes nothing',
    ],
  },
  {
    id: 'S7',
    claim: 'Groups without Pods are cleaned up; a failed list deletes nothing.',
    tests: [
      'test/unit/node/orphan-sweeper.test.ts: takes an error of the API server for no proof',
      'test/unit/eci/feed/feed.test.ts: does not take empty lists as proof when the credential lost its permission',
    ],
    beyond: 'A circuit breaker keeps a wrong or emptied cluster from emptying the cloud.',
  },
  {
    id: 'S8',
    claim: 'New events of the cloud appear on the Pod.',
    tests: [
      'test/unit/eci/events/event-feed.test.ts: reaches the Pod once, with type, reason and message',
      'test/integration/pod-updates.test.ts: have the events of ECI, each once, also after a restart',
    ],
  },
  {
    id: 'S9',
    claim: 'Container ids have the form type://id, for containers of which the cloud tells an id.',
    tests: ['test/unit/eci/status/container-status.test.ts: has the id of the container with its type in front'],
  },
];
