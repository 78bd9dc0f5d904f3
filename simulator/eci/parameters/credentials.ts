import { group, list, required, text } from './grammar.ts';
import type { Read } from './grammar.ts';

const roleArn = text({ pattern: /^acs:ram::\d+:role\/\S+$/ });

const registryInfo = {
  InstanceId: text({ pattern: /^cri-[a-z0-9]+$/ }),
  InstanceName: text({ max: 128 }),
  RegionId: text({ min: 1, max: 64 }),
  Domain: list(text({ min: 1, max: 255 }), 100),
};

/** Secret-free pull entries of the create actions. */
export const acrRegistryInfos = list(group({ ...registryInfo, ArnService: roleArn, ArnUser: roleArn }), 20);

/** The same for the update actions, which have no members for role ARNs. Source: ECI API reference, UpdateContainerGroup. */
export const updatedAcrRegistryInfos = list(group(registryInfo), 20);

/** Registry logins. The limit is the create actions'; the update actions document twice as many. */
export const imageRegistryCredentials = (max: number) =>
  list(
    group({
      Server: required(text({ min: 1, max: 255, pattern: /^(?!https?:\/\/)[^\s/]+$/ })),
      UserName: required(text({ min: 1 })),
      Password: required(text({ min: 1 })),
    }),
    max,
  );

/** A secret-free pull entry as requested. */
export type RequestedRegistryInfo = Read<typeof acrRegistryInfos>[number];

/** A registry login as requested. Never leaves the pull engine. */
export type RequestedCredential = Read<ReturnType<typeof imageRegistryCredentials>>[number];
