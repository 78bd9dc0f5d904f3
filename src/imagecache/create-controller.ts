import { createReflector } from '../kube/reflector.ts';
import type { EventRecorder, KubeClient } from '../kube/types.ts';
import { createWorkQueue } from '../kube/work-queue.ts';
import type { Metrics } from '../telemetry/types.ts';
import { ImageCacheController } from './controller.ts';
import { ImageCacheCreator } from './creator.ts';
import type { ImageCacheCreatorOptions } from './creator.ts';
import { ImageCacheInventory } from './inventory.ts';
import { ImageCacheReporter } from './reporter.ts';
import { IMAGE_CACHES_PATH } from './types.ts';
import type { ImageCacheObject } from './types.ts';

/** Image caches are few and slow: more workers would only hold credentials longer. */
const WORKERS = 4;

export interface CreateImageCacheControllerOptions extends Omit<
  ImageCacheCreatorOptions,
  'queue' | 'inventory' | 'reporter'
> {
  client: KubeClient;
  events: EventRecorder;
  metrics: Metrics;
}

/** Connects the parts of the ImageCache controller. Nothing is asked before its loops run. */
export function createImageCacheController(
  options: CreateImageCacheControllerOptions,
): { name: string; run(signal: AbortSignal): Promise<void> }[] {
  const { client, clock, events, logger, metrics, random, eci, defaults } = options;
  const queue = createWorkQueue({ name: 'image-caches', clock, random, logger, metrics });
  const inventory = new ImageCacheInventory({ eci, clusterId: defaults.clusterId });
  const reporter = new ImageCacheReporter({ client, clock, events });
  const shared = { ...options, queue, inventory, reporter };
  const controller = new ImageCacheController({
    ...shared,
    creator: new ImageCacheCreator(shared),
    workers: WORKERS,
  });
  const reflector = createReflector<ImageCacheObject>({
    client,
    path: IMAGE_CACHES_PATH,
    clock,
    random,
    logger,
    metrics,
    onEvent: (event) => controller.handle(event),
  });
  return [
    { name: 'image cache watch', run: (signal) => reflector.run(signal) },
    { name: 'image cache controller', run: (signal) => controller.run(signal) },
  ];
}
