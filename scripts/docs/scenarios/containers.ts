import type { Scenario } from './scenario.ts';

/** See the page. */
export const containerScenarios: readonly Scenario[] = [
  {
    id: 'C1',
    claim: 'Two init containers and an app container append to a file in order.',
    tests: [
      'test/integration/real-containers.test.ts: init containers run one after the other and fill a volume for the app',
    ],
  },
  {
    id: 'C2',
    claim: 'Init containers run in sequence; the logs of each can be read.',
    tests: [
      'test/integration/real-containers.test.ts: init containers run one after the other and fill a volume for the app',
    ],
  },
  {
    id: 'C3',
    claim: 'An init container fills a volume for the app.',
    tests: [
      'test/integration/real-containers.test.ts: init containers run one after the other and fill a volume for the app',
    ],
  },
  {
    id: 'C4',
    claim: 'What init containers cannot have at the cloud is held or told; their resources count.',
    tests: [
      'test/unit/eci/admission/admit-pod.test.ts: a sidecar init container',
      'test/unit/eci/admission/admit-pod.test.ts: the group of an init container',
      'test/unit/eci/admission/admit-pod.test.ts: an init container that must not be root',
      'test/unit/eci/size/resolve-size.test.ts: takes the largest init container when it is larger than the sum',
    ],
  },
  {
    id: 'C5',
    claim: 'A failing init container fails the Pod of a Job.',
    tests: ['test/integration/real-containers.test.ts: Jobs count the failures of containers and of init containers'],
  },
  {
    id: 'C6',
    claim: 'Exit codes and reasons are right; with Never nothing is restarted.',
    tests: [
      'test/integration/real-containers.test.ts: exit codes and reasons are right, nothing is restarted with Never, and logs stay',
    ],
  },
  {
    id: 'C7',
    claim: 'Jobs count their failures as configured.',
    tests: [
      'test/integration/real-containers.test.ts: Jobs count the failures of containers and of init containers',
      'test/integration/workloads.test.ts: a Job whose Pods fail is tried as often as it says and then fails',
    ],
  },
  {
    id: 'C8',
    claim: 'A container beyond its memory is killed as OOMKilled.',
    tests: ['test/integration/real-containers.test.ts: a container beyond its memory is killed as OOMKilled'],
  },
  {
    id: 'C9',
    claim: 'Liveness and readiness probes are executed; a startup probe, which the cloud lacks, is emulated.',
    tests: [
      'test/integration/real-containers.test.ts: probes are executed',
      'test/unit/simulator/eci/process/containers.test.ts: restart a container that is no longer alive',
    ],
    beyond: 'The emulation is told on the Pod.',
  },
  {
    id: 'C10',
    claim: 'Probes are mapped or refused with a specific message; named ports are resolved.',
    tests: [
      'test/unit/eci/request/container-port.test.ts: is unknown by a name that the container does not declare',
      'test/unit/eci/request/container-port.test.ts: is found by its name',
      'test/unit/eci/admission/admit-pod.test.ts: a port name that is not declared',
      'test/unit/eci/request/build-request.test.ts: translates a Pod that uses everything',
    ],
  },
  {
    id: 'C11',
    claim: 'Probes and hooks follow the table of support.',
    tests: [
      'test/unit/eci/request/build-request.test.ts: translates a Pod that uses everything',
      'test/unit/eci/admission/admit-pod.test.ts: a gRPC probe',
      'test/unit/eci/admission/admit-pod.test.ts: goes on with ${title} and says so once',
    ],
  },
  {
    id: 'C12',
    claim: 'postStart runs first, preStop at the deletion.',
    tests: [
      'test/integration/real-containers.test.ts: postStart has run when the container goes on, and preStop runs at the deletion',
    ],
  },
  {
    id: 'C13',
    claim: 'Resources are rounded up, limited and defaulted as documented, GPUs included.',
    tests: [
      'test/unit/eci/size/resolve-size.test.ts: gives 2 vCPU and 4 GiB when nothing is stated',
      'test/unit/eci/size/resolve-size.test.ts: rounds up to a pair on sale everywhere, not to a regional one',
      'test/unit/eci/size/resolve-size.test.ts: prefers limits to requests',
      'test/unit/eci/size/resolve-size.test.ts: names the maximum when nothing on sale is large enough',
      'test/unit/eci/size/resolve-size.test.ts: asks for an instance type when a container wants a GPU',
    ],
  },
  {
    id: 'C14',
    claim: 'Ports in every combination are sent without a crash.',
    tests: [
      'test/integration/real-containers.test.ts: ports are sent as each container declares them, with and without names, also one that two declare',
      'test/unit/eci/admission/admit-pod.test.ts: a reserved port',
    ],
  },
  {
    id: 'C15',
    claim: 'DNS settings give what kubelet would write, truncation included.',
    tests: [
      'test/unit/eci/request/dns.test.ts: writes the cluster DNS out for ClusterFirst',
      'test/unit/eci/request/dns.test.ts: merges the own settings of the Pod',
      'test/unit/eci/request/dns.test.ts: takes None as it is and at most three servers',
    ],
  },
  {
    id: 'C16',
    claim: 'Mount propagation is translated; what needs a privileged container is refused.',
    tests: [
      'test/unit/eci/admission/admit-pod.test.ts: a privileged container',
      'test/unit/eci/request/build-request.test.ts: translates a Pod that uses everything',
    ],
  },
];
