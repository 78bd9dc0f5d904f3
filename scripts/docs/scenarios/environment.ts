import type { Scenario } from './scenario.ts';

/** See the page. */
export const environmentScenarios: readonly Scenario[] = [
  {
    id: 'V1',
    claim: 'Plain values and keys of ConfigMaps and Secrets are resolved in init and app containers.',
    tests: [
      'test/unit/eci/environment/resolve-environment.test.ts: plain values, ConfigMap and Secret keys',
      'test/unit/eci/environment/resolve-environment.test.ts: treats init containers like the others',
    ],
  },
  {
    id: 'V2',
    claim: 'Whole ConfigMaps and Secrets become variables, with prefixes.',
    tests: ['test/unit/eci/environment/resolve-environment.test.ts: whole objects with a prefix'],
  },
  {
    id: 'V3',
    claim: 'Of several sources with the same key the later one wins.',
    tests: ['test/unit/eci/environment/resolve-environment.test.ts: several objects: a later one wins'],
  },
  {
    id: 'V4',
    claim: 'Keys that cannot be names are skipped, with one Warning event.',
    tests: [
      'test/unit/eci/environment/resolve-environment.test.ts: leaves out keys that are no names there, in one warning for each object',
    ],
  },
  {
    id: 'V5',
    claim: '`env` wins over `envFrom`.',
    tests: ['test/unit/eci/environment/resolve-environment.test.ts: env after envFrom'],
  },
  {
    id: 'V6',
    claim: 'Missing ConfigMaps and Secrets: optional ones are told, mandatory ones are waited for.',
    tests: [
      'test/unit/eci/environment/resolve-environment.test.ts: an optional ConfigMap',
      'test/unit/eci/environment/resolve-environment.test.ts: a mandatory ConfigMap',
      'test/unit/eci/environment/resolve-environment.test.ts: an optional Secret',
      'test/unit/eci/environment/resolve-environment.test.ts: a mandatory Secret',
    ],
  },
  {
    id: 'V7',
    claim: 'The same for missing keys.',
    tests: [
      'test/unit/eci/environment/resolve-environment.test.ts: an optional ConfigMap key',
      'test/unit/eci/environment/resolve-environment.test.ts: a mandatory ConfigMap key',
      'test/unit/eci/environment/resolve-environment.test.ts: an optional Secret key',
      'test/unit/eci/environment/resolve-environment.test.ts: a mandatory Secret key',
    ],
  },
  {
    id: 'V8',
    claim: 'Fields of the Pod are resolved, labels and annotations whole or by key.',
    tests: [
      'test/unit/eci/environment/resolve-environment.test.ts: fields of the Pod',
      'test/unit/eci/volumes/config-files.test.ts: whole maps, escaped and sorted',
    ],
  },
  {
    id: 'V9',
    claim: 'Service variables are exactly those of kubelet; the own namespace wins.',
    tests: [
      'test/unit/eci/environment/service-variables.test.ts: are exactly those of kubelet for a Service with several ports',
      'test/unit/eci/environment/service-variables.test.ts: are always there for the API server, and otherwise for the own namespace unless the Pod refuses',
      'test/unit/eci/environment/service-variables.test.ts: leave out Services without an address of their own',
      'test/unit/eci/environment/service-variables.test.ts: let a Service of the own namespace win over the API server',
    ],
  },
  {
    id: 'V10',
    claim: 'References to other variables, to envFrom and to Services are expanded in order.',
    tests: [
      'test/unit/eci/environment/resolve-environment.test.ts: earlier variables only',
      'test/unit/eci/environment/resolve-environment.test.ts: expands command and arguments with the finished environment',
      'test/unit/eci/environment/service-variables.test.ts: are beneath everything that the container says, and can be referred to',
    ],
  },
  {
    id: 'V11',
    claim: 'Every odd reference is expanded as kubelet does.',
    tests: [
      'test/unit/eci/environment/expand-references.test.ts: does with ${title} what kubelet does',
      'test/unit/eci/environment/expand-references.test.ts: gives back any text whose dollars are doubled',
    ],
  },
  {
    id: 'V12',
    claim: 'A missing optional Secret is told, and the Pod runs.',
    tests: ['test/integration/references.test.ts: that are optional and missing are told, and the Pod runs'],
  },
  {
    id: 'V13',
    claim: 'A missing mandatory Secret keeps the Pod from the cloud.',
    tests: [
      'test/integration/references.test.ts: that are mandatory and missing keep the Pod from the cloud, until they appear',
    ],
    beyond: 'The Pod starts by itself when the Secret appears.',
  },
  {
    id: 'V14',
    claim: 'A missing optional ConfigMap is told, and the Pod runs.',
    tests: ['test/integration/references.test.ts: that are optional and missing are told, and the Pod runs'],
  },
  {
    id: 'V15',
    claim: 'A missing mandatory ConfigMap keeps the Pod from the cloud.',
    tests: [
      'test/integration/references.test.ts: that are mandatory and missing keep the Pod from the cloud, until they appear',
    ],
    beyond: 'The Pod starts by itself when the ConfigMap appears.',
  },
  {
    id: 'V16',
    claim: 'Quotes, escapes, JSON, shell fragments and empty values arrive byte for byte.',
    tests: ['test/integration/real-containers.test.ts: values of variables arrive byte for byte'],
  },
  {
    id: 'V17',
    claim: 'Values of Secrets are hidden in the answers of the cloud.',
    tests: [
      'test/unit/eci/environment/resolve-environment.test.ts: keeps values wrapped, also where they went into others and into arguments, and hides the variables',
      'test/unit/eci/environment/resolve-environment.test.ts: a variable that is set to nothing',
    ],
  },
  {
    id: 'V18',
    claim: 'Scripts of several lines, arguments alone and image defaults run as on an ordinary node.',
    tests: [
      'test/integration/real-containers.test.ts: scripts of several lines, arguments alone and what the image says run as on an ordinary node',
    ],
  },
];
