import type { Scenario } from './scenario.ts';

/** See the page. */
export const wishScenarios: readonly Scenario[] = [
  {
    id: 'Y1',
    claim: 'An empty answer to a credential that lost its permission fails no Pod and makes nothing twice.',
    tests: [
      'test/faults/listing-at-the-start.test.ts: that is empty because RAM denies it loses no Pod and makes nothing twice',
      'test/unit/eci/feed/feed.test.ts: does not take empty lists as proof when the credential lost its permission',
    ],
  },
  {
    id: 'Y2',
    claim: 'Ten minutes of throttling delay Pods that are never restarted, and fail none.',
    tests: [
      'test/unit/eci/long-trouble.test.ts: that throttles for ten minutes while 200 Pods that are never restarted are created fails none of them',
    ],
  },
  {
    id: 'Y3',
    claim: 'A process killed between the accepted create and its record leaves one group for each Pod.',
    tests: ['test/faults/killed-while-creating-a-container-group.test.ts: leaves one group when it dies ${moment}'],
  },
  {
    id: 'Y4',
    claim: 'A cluster without Pods, and many groups: none is deleted, and somebody is told.',
    tests: [
      'test/faults/emptied-cluster.test.ts: gets no container group deleted; the Node and a metric raise the alarm',
      'test/unit/node/orphan-sweeper.test.ts: deletes none of many: that looks like the wrong cluster',
    ],
  },
  {
    id: 'Y5',
    claim: 'An outage of the cloud leaves the node Ready and its Pods as they are.',
    tests: [
      'test/faults/cloud-trouble.test.ts: that lasts and stops everything leaves the node ready and its Pods as they are',
      'test/unit/eci/long-trouble.test.ts: that does not answer for fifteen minutes changes nothing about the Pods that run',
    ],
  },
  {
    id: 'Y6',
    claim: '`kubectl logs` with -f, --previous, --since and --tail=0 is that of an ordinary node.',
    tests: [
      'test/integration/kubelet-api.test.ts: gives all of it, the end of it, or none of it',
      'test/integration/kubelet-api.test.ts: gives times, and what is young enough',
      'test/integration/kubelet-api.test.ts: gives that of the instance before, once there was one',
      'test/integration/kubelet-api.test.ts: follows until the container has ended',
    ],
  },
  {
    id: 'Y7',
    claim: '`kubectl port-forward` works both ways; a refused port does not end the session.',
    tests: [
      'test/integration/kubelet-streaming.test.ts: port-forward over ${carrier} carries bytes both ways, and says what is wrong with a port that nobody listens on',
    ],
  },
  {
    id: 'Y8',
    claim: '`status.podIP` by the downward API is the address in the container.',
    tests: [
      'test/unit/simulator/eci/process/containers.test.ts: gives the environment of the image and of the request, with the address and what the service fills in',
      'test/integration/real-containers.test.ts: the address of the Pod is a variable of its containers',
    ],
  },
  {
    id: 'Y9',
    claim: 'A readiness gate of another controller is waited for and survives our writes.',
    tests: [
      'test/unit/eci/status/map-pod-status.test.ts: waits for readiness gates',
      'test/unit/node/status-patch.test.ts: leaves conditions of others alone',
    ],
  },
  {
    id: 'Y10',
    claim: 'An idle shell stays open for hours.',
    tests: [
      'test/unit/node/kubelet/streaming/commands.test.ts: stays for hours while there is something to say, and ends after four without',
    ],
  },
  {
    id: 'Y11',
    claim: 'Callers without rights are refused on every route, WebSocket commands of readers included.',
    tests: [
      'test/integration/kubelet-api.test.ts: ${what} is closed to strangers, and to accounts without rights',
      'test/integration/kubelet-api.test.ts: whoever may read through the proxy can read logs, and run nothing',
      'test/unit/node/kubelet/routes.test.ts: every route that runs something is hardened',
    ],
  },
  {
    id: 'Y12',
    claim: 'A DaemonSet that tolerates everything costs no call and no churn.',
    tests: ['test/integration/workloads.test.ts: a DaemonSet that tolerates everything is held: no call, no churn'],
  },
  {
    id: 'Y13',
    claim: 'With two replicas, the leader’s end doubles no group, and the node lives on.',
    tests: [
      'test/faults/leader-killed.test.ts: go on after the leader is killed: one group for every Pod, a node lease in time, and nothing evicted',
    ],
  },
  {
    id: 'Y14',
    claim: 'A reclaimed spot instance is announced, and fails its Pod as a disruption.',
    tests: [
      'test/integration/spot-and-stock.test.ts: announces a reclaim, fails the Pod as a disruption, and lets its Job make another',
      'test/unit/eci/status/map-pod-status.test.ts: marks a reclaimed Pod as disrupted and says why it failed',
    ],
  },
  {
    id: 'Y15',
    claim: 'Five thousand Pods at rest stay far below the call budget.',
    tests: ['test/unit/eci/long-trouble.test.ts: is asked at most 60 times a minute about 5,000 Pods that run'],
    beyond: '`npm run bench -- steady` measures it.',
  },
];
