import type { EciProviderPorts, PollIntervals } from '../types.ts';
import { Feed } from './feed.ts';
import { InstanceStore } from './instance-store.ts';

/** What is known of container groups, and what keeps it in step with the cloud. */
export interface SharedFeed {
  store: InstanceStore;
  feed: Feed;
}

/**
 * Creates the feed of one or several virtual nodes of one cluster. However many share it, each poll is one question: for the
 * groups of the node, or for those of the cluster, which the providers then tell apart by the tag of the node.
 */
export function createSharedFeed(options: {
  ports: Pick<EciProviderPorts, 'eci' | 'clock' | 'log' | 'random'>;
  clusterId: string;
  nodeNames: readonly string[];
  polling: PollIntervals;
}): SharedFeed {
  const { ports, ...rest } = options;
  const store = new InstanceStore();
  return { store, feed: new Feed({ ...ports, ...rest, store }) };
}
