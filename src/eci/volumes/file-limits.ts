import type { VolumeRequest } from '../../alibaba/eci-requests.ts';
import type { Problem } from '../../annotations/types.ts';
import { revealText } from '../../secret.ts';

/** Limits of config files. Source: ECI help centre, limits; ECI API metadata, ConfigFileToPath. */
const MAX_FILE_BYTES = 32 * 1024;
const MAX_TOTAL_BYTES = 60 * 1024;
const MAX_FILES = 89;

const REMEDY = 'put it into the image, or on a NAS or OSS volume';

/** Finds config files that the service refuses, and says which, how large and what the limit is. */
export function oversizedFiles(volumes: readonly VolumeRequest[]): Problem[] {
  const problems: Problem[] = [];
  let total = 0;
  for (const { name, configFileVolume } of volumes) {
    const files = configFileVolume?.configFileToPath ?? [];
    for (const { path, content } of files) {
      const bytes = Buffer.byteLength(revealText(content), 'base64');
      total += bytes;
      if (bytes > MAX_FILE_BYTES) {
        const message = `exceeds the ${MAX_FILE_BYTES} bytes that ECI allows for one config file; ${REMEDY}`;
        problems.push({ key: `spec.volumes[${name}] ${path}`, value: `${bytes} bytes`, message });
      }
    }
    if (files.length > MAX_FILES) {
      const message = `exceeds the ${MAX_FILES} files that ECI allows in one volume; list fewer in items`;
      problems.push({ key: `spec.volumes[${name}]`, value: `${files.length} files`, message });
    }
  }
  if (total > MAX_TOTAL_BYTES) {
    const sizes = volumes
      .filter(({ configFileVolume }) => configFileVolume !== undefined)
      .map(({ name, configFileVolume }) => `${name} ${sizeOf(configFileVolume?.configFileToPath ?? [])}`);
    problems.push({
      key: 'spec.volumes',
      value: `${total} bytes`,
      message: `config files of a container group may have ${MAX_TOTAL_BYTES} bytes together (here: ${sizes.join(', ')}); mount less`,
    });
  }
  return problems;
}

function sizeOf(files: readonly { content: Parameters<typeof revealText>[0] }[]): number {
  return files.reduce((sum, { content }) => sum + Buffer.byteLength(revealText(content), 'base64'), 0);
}
