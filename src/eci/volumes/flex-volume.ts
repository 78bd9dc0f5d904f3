import type { VolumeRequest } from '../../alibaba/eci-requests.ts';
import { revealText, Secret } from '../../secret.ts';
import type { Text } from '../../secret.ts';

/** FlexVolume drivers that the service implements itself. Source: ECI API reference, FlexVolume.Driver. */
export const flexDrivers: ReadonlySet<string> = new Set(['alicloud/disk', 'alicloud/nas', 'alicloud/oss']);

/** Options of a driver by name; keys of a storage service are wrapped. */
export type FlexOptions = ReadonlyMap<string, Text>;

/** Makes the request's form of a FlexVolume. Options are one JSON text, sorted, wrapped as a whole when one of them is secret. */
export function flexVolume(
  name: string,
  { driver, fsType, options }: { driver: string; fsType?: string; options: FlexOptions },
): VolumeRequest {
  const sorted = [...options].sort(([a], [b]) => (a < b ? -1 : 1));
  const json = JSON.stringify(Object.fromEntries(sorted.map(([key, value]) => [key, revealText(value)])));
  const secret = sorted.some(([, value]) => value instanceof Secret);
  return {
    name,
    type: 'FlexVolume',
    flexVolume: {
      driver,
      ...(fsType ? { fsType } : {}),
      ...(options.size === 0 ? {} : { options: secret ? new Secret(json) : json }),
    },
  };
}
