import type { AcrRegistryInfo } from '../alibaba/eci-requests.ts';
import type { AcrEntry } from './types.ts';

/**
 * Writes an entry as ECI takes it: exactly what the annotations say. Domain stays unset, which means every domain of the
 * instance; a region has a meaning only beside an instance id. Source: ECI API reference, AcrRegistryInfo.
 */
export function toAcrRegistryInfo(entry: AcrEntry): AcrRegistryInfo {
  const { instanceId, regionId, serviceRoleArn, userRoleArn } = entry;
  return {
    ...(instanceId === undefined ? {} : { instanceId }),
    ...(instanceId === undefined || regionId === undefined ? {} : { regionId }),
    ...(serviceRoleArn === undefined ? {} : { arnService: serviceRoleArn }),
    ...(userRoleArn === undefined ? {} : { arnUser: userRoleArn }),
  };
}
