import type { FixtureImage } from '../../fixtures/fixture.ts';
import { readImageReference } from '../pull/image-reference.ts';
import type { GroupContainer } from './container-group.ts';

/** Environment variables that tell the simulator how a container ends, since no process runs. */
const EXIT_AFTER = 'ECI_SIM_EXIT_AFTER_MS';
const EXIT_CODE = 'ECI_SIM_EXIT_CODE';

/**
 * Tells when and how a container ends: as its environment says, else as the fixture says of its image. An init container about
 * which nothing is said succeeds after `initMs`.
 * @returns undefined when it runs for ever.
 */
export function exitPlan(
  container: Pick<GroupContainer, 'requested' | 'isInit'>,
  { images, initMs }: { images: ReadonlyMap<string, FixtureImage>; initMs: number },
): Required<NonNullable<FixtureImage['exit']>> | undefined {
  const environment = new Map(container.requested.EnvironmentVar?.map(({ Key, Value }) => [Key, Value ?? '']));
  const after = environment.get(EXIT_AFTER);
  const code = environment.get(EXIT_CODE);
  if (after !== undefined || code !== undefined) {
    return { afterMs: Number(after ?? initMs), code: Number(code ?? 0) };
  }
  const image = images.get(readImageReference(container.requested.Image)?.normalised ?? '');
  if (image?.exit !== undefined) {
    return { code: 0, ...image.exit };
  }
  return container.isInit ? { afterMs: initMs, code: 0 } : undefined;
}

/** Indexes the images of a fixture by their normalised reference. */
export function imagesByReference(images: readonly FixtureImage[] = []): Map<string, FixtureImage> {
  return new Map(images.map((image) => [`${image.host}/${image.repository}:${image.tag}`, image]));
}
