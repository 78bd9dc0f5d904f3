import type { Scenario } from './scenario.ts';

/** See the page. */
export const queueScenarios: readonly Scenario[] = [
  {
    id: 'Q1',
    claim: 'A key that fails is tried again, each time later.',
    tests: ['test/unit/kube/work-queue.test.ts: puts a key back after an exception, each time later'],
    beyond: 'It is never dropped.',
  },
  {
    id: 'Q2',
    claim: 'A key added during its work runs once more afterwards, never beside itself.',
    tests: ['test/unit/kube/work-queue.test.ts: works again, afterwards, on a key that was added during its work'],
  },
  {
    id: 'Q3',
    claim: 'A key added twice is worked on once; the earlier time wins.',
    tests: [
      'test/unit/kube/work-queue.test.ts: works once on a key that was added many times',
      'test/unit/kube/work-queue.test.ts: makes a key ready after its delay, the earlier of two',
    ],
  },
  {
    id: 'Q4',
    claim: 'A key that has succeeded starts over with its delays.',
    tests: ['test/unit/kube/work-queue.test.ts: starts the back-off over after success'],
  },
  {
    id: 'Q5',
    claim: 'Delayed keys come in order, and one timer serves all of them.',
    tests: ['test/unit/kube/work-queue.test.ts: holds no timer while nothing is delayed, and one for many delays'],
    beyond: 'Clocks that are set back do no harm.',
  },
  {
    id: 'Q6',
    claim: 'The delay that a handler asks for is kept.',
    tests: ['test/unit/kube/work-queue.test.ts: works again after the time that the handler asks for'],
  },
  {
    id: 'Q7',
    claim: 'Many workers work on as many keys, and stop cleanly.',
    tests: [
      'test/unit/kube/work-queue.test.ts: works on as many keys at once as it has workers',
      'test/unit/kube/work-queue.test.ts: finishes the work in flight when told to stop, and begins nothing else',
    ],
  },
];
