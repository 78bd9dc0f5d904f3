import { containerScenarios } from './containers.ts';
import { credentialScenarios } from './credentials.ts';
import { environmentScenarios } from './environment.ts';
import { kubeletApiScenarios } from './kubelet-api.ts';
import { nodeScenarios } from './node.ts';
import { placementScenarios } from './placement.ts';
import { podScenarios } from './pods.ts';
import { queueScenarios } from './queue.ts';
import type { ScenarioChapter } from './scenario.ts';
import { statusScenarios } from './status.ts';
import { volumeScenarios } from './volumes.ts';
import { wishScenarios } from './wishes.ts';

/** Every scenario, in the order of the survey. */
export const scenarioChapters: readonly ScenarioChapter[] = [
  { title: 'Node', scenarios: nodeScenarios },
  { title: 'Life of a Pod', scenarios: podScenarios },
  { title: 'Environment', scenarios: environmentScenarios },
  { title: 'Volumes', scenarios: volumeScenarios },
  { title: 'Containers', scenarios: containerScenarios },
  { title: 'Registry credentials', scenarios: credentialScenarios },
  { title: 'Status and polling', scenarios: statusScenarios },
  { title: 'Queue', scenarios: queueScenarios },
  { title: 'Kubelet API', scenarios: kubeletApiScenarios },
  { title: 'Placement and deployment', scenarios: placementScenarios },
  { title: 'What nobody checked', scenarios: wishScenarios },
];
