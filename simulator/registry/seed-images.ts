import type { FixtureImage } from '../fixtures/fixture.ts';
import { pushImage } from './push-image.ts';
import { resolveRegistry } from './resolve-registry.ts';
import type { Registries } from './resolve-registry.ts';
import { createTinyImage } from './tiny-image.ts';

/**
 * Pushes the images of a fixture into the store, whose repositories are kept apart by registry.
 * @returns the repositories that everybody may pull.
 * @throws Error naming the image when its host belongs to no registry of the fixture.
 */
export async function seedImages(
  socketPath: string,
  registries: Registries,
  images: readonly FixtureImage[],
): Promise<ReadonlySet<string>> {
  const publicRepositories = new Set<string>();
  for (const image of images) {
    const name = `${image.host}/${image.repository}:${image.tag}`;
    const registry = resolveRegistry(image.host, registries);
    if (registry === undefined) {
      throw new Error(`the image ${name} of the fixture is at a host that no registry of the fixture has`);
    }
    const repository = `${registry.storage}/${image.repository}`;
    if (image.public === true) {
      publicRepositories.add(repository);
    }
    await pushImage(socketPath, { repository, tag: image.tag }, createTinyImage(name));
  }
  return publicRepositories;
}
