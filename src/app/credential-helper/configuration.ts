import { createConfigMapSource } from '../../credential-helper/config/config-map-source.ts';
import { createManagedFileSource } from '../../credential-helper/config/managed-file-source.ts';
import type { ConfigSource } from '../../credential-helper/config/source.ts';
import { EventReporter } from '../../credential-helper/event-reporter.ts';
import type { EventRecorder, KubeClient } from '../../kube/types.ts';
import type { Base } from '../base.ts';

/** What is served, and whom people are told through. */
export interface AcrConfiguration {
  source: ConfigSource;
  reporter: EventReporter;
}

/** Opens the ConfigMap, or the file that takes its place. Nothing is read yet. */
export function openAcrConfiguration(base: Base, client: KubeClient, events: EventRecorder): AcrConfiguration {
  const { config, clock, logger, metrics } = base;
  const [namespace = '', name = ''] = config.acrConfigMap.split('/');
  const path = config.managedConfigFile;
  const source =
    path === undefined
      ? createConfigMapSource({ client, clock, logger, metrics, namespace, name })
      : createManagedFileSource({ client, clock, logger, metrics, path, configMap: { namespace, name } });
  const reporter = new EventReporter({ recorder: events, configTarget: () => source.target(), clock, logger });
  source.onChange(() => reporter.deliver());
  return { source, reporter };
}
