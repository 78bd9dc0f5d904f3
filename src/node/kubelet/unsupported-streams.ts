import { PodAccessError } from './pod-access-error.ts';
import { refuseUpgrade } from './refuse-upgrade.ts';
import type { StreamHandlers } from './stream-handlers.ts';

const TEXT = 'this node has no way into its containers';

/** Answers every stream with 501: for providers that cannot run commands. */
export const unsupportedStreams: StreamHandlers = {
  upgrade: ({ socket }) => refuseUpgrade(socket, 501, TEXT),
  post: () => Promise.reject(new PodAccessError('StreamsUnsupported', TEXT, { httpStatus: 501 })),
  close: () => Promise.resolve(),
};
