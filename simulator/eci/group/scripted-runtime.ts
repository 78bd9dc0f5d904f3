import type { FixtureImage } from '../../fixtures/fixture.ts';
import type { SimClock } from '../../types.ts';
import { runScripted } from '../exec/scripted-exec.ts';
import { readImageReference } from '../pull/image-reference.ts';
import type { ContainerRuntime } from './container-runtime.ts';
import { exitPlan } from './exit-plan.ts';

/** What the script goes by. */
export interface ScriptedParts {
  readonly clock: Pick<SimClock, 'nowMs' | 'at'>;
  readonly images: ReadonlyMap<string, FixtureImage>;
  /** How long an init container runs about which nothing is said, in milliseconds. */
  readonly initMs: number;
}

/** Containers in which no process runs: they start at once, end by plan or when they are stopped, and are always ready. */
export function createScriptedRuntime({ clock, images, initMs }: ScriptedParts): ContainerRuntime {
  return {
    prepare: () => undefined,
    start: ({ container, log }, listener) => {
      const { Image: image } = container.requested;
      const lines = images.get(readImageReference(image)?.normalised ?? '')?.log;
      for (const line of lines ?? [`${container.name} started from ${image}`]) {
        log.append(line, clock.nowMs());
      }
      listener.onStarted();
      listener.onReady(true);
      const plan = exitPlan(container, { images, initMs });
      const cancel =
        plan === undefined
          ? () => undefined
          : clock.at(clock.nowMs() + plan.afterMs, () => listener.onEnded({ exitCode: plan.code }));
      return {
        stop: () => {
          cancel();
          return undefined;
        },
      };
    },
    exec: ({ request }) => runScripted(request, clock),
    filesChanged: () => undefined,
    release: () => undefined,
  };
}
