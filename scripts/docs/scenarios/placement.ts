import type { Scenario } from './scenario.ts';

/** See the page. */
export const placementScenarios: readonly Scenario[] = [
  {
    id: 'X1',
    claim: 'Selectors of the profile apply by namespace and labels.',
    tests: [
      'test/unit/profile/selector.test.ts: that match together add up',
      'test/unit/profile/selector.test.ts: add nothing when none matches',
      'test/integration/placement.test.ts: applies a changed profile to new Pods without a restart, with the effects of its selectors',
    ],
  },
  {
    id: 'X2',
    claim: 'Placement adds toleration and selector; a Pod with an opinion of its own is left alone.',
    tests: [
      'test/unit/webhook/placement/place-pod.test.ts: places ${name}',
      'test/unit/webhook/placement/place-pod.test.ts: leaves ${name} alone',
      'test/integration/placement.test.ts: adds what is needed and nothing that is there',
    ],
  },
  {
    id: 'X3',
    claim: 'The program runs in its own image and serves.',
    tests: [],
    notHere:
      'the test control plane has no machines to run Pods; the Dockerfile and the manifests of deploy/ have tests, and every integration test runs the program as a process with the rights of deploy/',
  },
  {
    id: 'X4',
    claim: 'Configuration: precedence is documented; an invalid change is refused and the old one kept.',
    tests: [
      'test/unit/config/build-config.test.ts: takes the flag before the environment, the environment before the file, the file before the profile',
      'test/unit/profile/profile.test.ts: takes nothing of a change with a mistake in it, and says all of them',
      'test/integration/placement.test.ts: takes nothing of a wrong change, and says on the ConfigMap what is wrong',
    ],
  },
  {
    id: 'X5',
    claim: 'Sources of credentials: the first valid one wins, with a precise error otherwise.',
    tests: [
      'test/unit/alibaba/identity/select-identity.test.ts: names what is missing: ${name}',
      'test/unit/config/build-config.test.ts: refuses ${name}',
      'test/unit/alibaba/identity/file.test.ts: ${name} is refused without being quoted',
    ],
  },
  {
    id: 'X6',
    claim: 'Options that do not exist are refused.',
    tests: ['test/unit/config/build-config.test.ts: reports all problems at once, each under the name that was used'],
  },
];
