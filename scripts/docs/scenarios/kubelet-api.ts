import type { Scenario } from './scenario.ts';

/** See the page. */
export const kubeletApiScenarios: readonly Scenario[] = [
  {
    id: 'K1',
    claim: '`/pods` through the API server has our Pods with their UIDs and no others.',
    tests: [
      'test/integration/kubelet-api.test.ts: lists the Pods of this node and no other, as the API server knows them',
    ],
  },
  {
    id: 'K2',
    claim: '`/stats/summary` has node, Pod and one entry for each container.',
    tests: [
      'test/integration/kubelet-api.test.ts: tells what each container uses',
      'test/unit/node/kubelet/stats/stats.test.ts: has the Pod by name, namespace and UID, with an entry per container',
    ],
  },
  {
    id: 'K3',
    claim: '`/metrics/resource` parses and has every container.',
    tests: [
      'test/integration/kubelet-api.test.ts: gives metrics-server what it needs, from the same figures',
      'test/unit/node/kubelet/stats/stats.test.ts: is Prometheus text: every line is a comment or a sample of the family above it',
    ],
  },
  {
    id: 'K4',
    claim: 'Without figures the routes answer with an error that is one.',
    tests: [
      'test/unit/node/kubelet/stats/stats.test.ts: says that there was an error, and stays valid',
      'test/unit/node/kubelet/stats/stats.test.ts: tells that everything failed, and keeps the last figures',
    ],
    beyond: 'The last figures are kept while the cloud fails, and the scrape says that there was an error.',
  },
  {
    id: 'K5',
    claim: 'Every parameter of logs is validated with kubelet’s status codes.',
    tests: [
      'test/unit/node/kubelet/logs/log-decisions.test.ts: ${query} is ${httpStatus}',
      'test/unit/node/kubelet/logs/log-decisions.test.ts: can all be given',
    ],
  },
  {
    id: 'K6',
    claim: '`kubectl logs --tail=5` prints at most five lines.',
    tests: [
      'test/integration/real-containers.test.ts: the end of a chatty log is as long as asked',
      'test/integration/kubelet-api.test.ts: gives all of it, the end of it, or none of it',
    ],
  },
  {
    id: 'K7',
    claim: '`kubectl exec` prints the output and ends with the command’s exit code.',
    tests: [
      'test/integration/kubelet-streaming.test.ts: prints both outputs apart and ends with the exit code of the command',
    ],
    beyond: 'Over WebSocket and SPDY alike; 20 MiB in and 50 MiB out arrive byte for byte.',
  },
  {
    id: 'K8',
    claim: 'A client that leaves ends the command.',
    tests: [
      'test/integration/kubelet-streaming.test.ts: ends the command when its client goes',
      'test/unit/node/kubelet/kubelet-server.test.ts: tells whoever answers that the client is gone',
    ],
  },
  {
    id: 'K9',
    claim: 'Streams of port-forwards are paired by request id, old clients included.',
    tests: [
      'test/unit/node/kubelet/port-forward/decisions.test.ts: belong together by their request id, whichever comes first',
      'test/unit/node/kubelet/port-forward/decisions.test.ts: belong together by their order for clients that name no request',
      'test/unit/node/kubelet/port-forward/decisions.test.ts: are refused with ${what}',
    ],
  },
  {
    id: 'K10',
    claim: 'Ports of WebSocket port-forwards are validated.',
    tests: [
      'test/unit/node/kubelet/port-forward/decisions.test.ts: are accepted: ${what}',
      'test/unit/node/kubelet/port-forward/decisions.test.ts: are refused: ${query || ',
    ],
  },
  {
    id: 'K11',
    claim: 'metrics-server and `kubectl top` show figures.',
    tests: [],
    notHere:
      'metrics-server is not to be had on the test machine; the routes it reads are tested with what it demands of them (K2, K3, bearer tokens)',
  },
  {
    id: 'K12',
    claim: 'A horizontal autoscaler scales under load.',
    tests: [],
    notHere: 'needs metrics-server, as K11',
  },
  {
    id: 'K13',
    claim: 'A certificate of the cluster’s signer is served once approved, and the API server verifies it.',
    tests: [
      'test/integration/kubelet-certificates.test.ts: shows one that signs itself until somebody approves the request',
    ],
    beyond: 'Files are another source, and are read again when they change.',
  },
  {
    id: 'K14',
    claim: 'Errors of the cloud reach the client of logs as status codes.',
    tests: [
      'test/integration/kubelet-api.test.ts: says that the cloud refuses, and why',
      'test/unit/eci/access/access.test.ts: a failed call for a user of kubectl',
      'test/unit/node/kubelet/logs/log-server.test.ts: outlasts failures of the cloud, and gives up after five minutes',
    ],
    beyond: 'Followers of one log share the calls, so that many cost no more than one.',
  },
  {
    id: 'K15',
    claim: 'Use of processor is computed from two counters, never negative.',
    tests: [
      'test/unit/node/kubelet/stats/stats.test.ts: is unknown after a counter was reset',
      'test/unit/node/kubelet/stats/stats.test.ts: is never negative',
    ],
  },
  {
    id: 'K16',
    claim: 'One Pod without figures does not fail the others.',
    tests: [
      'test/unit/node/kubelet/stats/stats.test.ts: keeps the other Pods when one has no figures',
      'test/unit/eci/access/access.test.ts: asks for 20 at a time and leaves out the batch that fails',
    ],
  },
  {
    id: 'K17',
    claim: 'Containers that the Pod does not have are left out.',
    tests: [
      'test/unit/node/kubelet/stats/stats.test.ts: has the Pod by name, namespace and UID, with an entry per container and none that is not the Pod’s',
    ],
  },
];
