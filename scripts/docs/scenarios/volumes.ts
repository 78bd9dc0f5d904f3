import type { Scenario } from './scenario.ts';

/** See the page. */
export const volumeScenarios: readonly Scenario[] = [
  {
    id: 'W1',
    claim: 'An emptyDir is shared by two containers, read-only in one.',
    tests: [
      'test/integration/real-containers.test.ts: an emptyDir is shared by two containers, and cannot be changed where it is read-only',
    ],
  },
  {
    id: 'W2',
    claim: 'ConfigMap, Secret and emptyDir volumes have the right contents in whatever order they are mounted.',
    tests: [
      'test/integration/real-containers.test.ts: files of ConfigMaps and Secrets have their contents, whatever the order of the mounts',
    ],
  },
  {
    id: 'W3',
    claim: 'A Secret volume has its contents; without the Secret the Pod waits.',
    tests: [
      'test/unit/eci/volumes/config-files.test.ts: a mandatory Secret that is missing',
      'test/unit/eci/volumes/config-files.test.ts: an optional Secret that is missing',
      'test/unit/eci/volumes/config-files.test.ts: wrap what comes from a Secret and tokens, and nothing else',
    ],
  },
  {
    id: 'W4',
    claim: 'The same for ConfigMap volumes.',
    tests: [
      'test/unit/eci/volumes/config-files.test.ts: every key of a ConfigMap, sorted, binary ones too',
      'test/unit/eci/volumes/config-files.test.ts: a mandatory ConfigMap that is missing',
      'test/unit/eci/volumes/config-files.test.ts: an optional ConfigMap that is missing',
    ],
  },
  {
    id: 'W5',
    claim: 'A projected volume combines Secret, ConfigMap and token.',
    tests: [
      'test/unit/eci/volumes/config-files.test.ts: projected sources, a later one winning',
      'test/unit/eci/volumes/config-files.test.ts: the volume that Kubernetes injects',
      'test/unit/eci/volumes/config-files.test.ts: a projected Secret that is missing',
    ],
  },
  {
    id: 'W6',
    claim: 'The injected token volume has token, ca.crt and namespace.',
    tests: [
      'test/integration/real-containers.test.ts: the injected token volume has token, certificates and namespace, line breaks included',
    ],
  },
  {
    id: 'W7',
    claim: 'Line breaks and PEM blocks survive.',
    tests: [
      'test/integration/real-containers.test.ts: files of ConfigMaps and Secrets have their contents, whatever the order of the mounts',
      'test/integration/real-containers.test.ts: the injected token volume has token, certificates and namespace, line breaks included',
      'test/unit/eci/volumes/config-files.test.ts: keep every byte',
    ],
    beyond: 'Modes are kept, too.',
  },
  {
    id: 'W8',
    claim: 'CSI volumes are built; each mistake has its own message.',
    tests: [
      'test/unit/eci/volumes/translate-volumes.test.ts: NAS by CSI',
      'test/unit/eci/volumes/translate-volumes.test.ts: an unknown driver',
      'test/unit/eci/volumes/translate-volumes.test.ts: NAS without a server',
      'test/unit/eci/volumes/translate-volumes.test.ts: OSS without credentials',
      'test/unit/eci/volumes/translate-volumes.test.ts: wait for a key of the Secret of a bucket, and for the Secret',
    ],
  },
  {
    id: 'W9',
    claim: 'A Pod with a cloud file share becomes ready.',
    tests: [
      'test/integration/references.test.ts: a cloud file share, inline by CSI, is part of the group, and the Pod gets ready',
    ],
  },
  {
    id: 'W10',
    claim: 'The token volume is sent only where a container mounts it.',
    tests: ['test/unit/eci/volumes/config-files.test.ts: are neither sent nor read'],
  },
];
