import type { RequestedContainer } from '../parameters/container.ts';
import type { GroupContainer } from './container-group.ts';

/** @returns a container that has not been started. */
export function newContainer(requested: RequestedContainer, isInit: boolean): GroupContainer {
  return {
    name: requested.Name,
    isInit,
    requested,
    started: false,
    ready: false,
    restartCount: 0,
    failedPulls: 0,
    current: { state: 'Waiting', reason: 'ContainerCreating', message: '' },
  };
}
