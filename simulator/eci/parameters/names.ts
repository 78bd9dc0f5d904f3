import { required, text } from './grammar.ts';

/** Names of container groups, and by the same rule of image caches. Source: ECI API reference, ContainerGroupName. */
export const resourceName = text({ min: 2, max: 128, pattern: /^[a-z0-9]([a-z0-9-]*[a-z0-9])$/ });

/** Source: ECI API reference: at most 64 ASCII characters. */
export const clientToken = text({ min: 1, max: 64, pattern: /^[\x20-\x7e]*$/ });

/** Mandatory on every action, also at a regional endpoint. */
export const regionId = required(text({ min: 1, max: 64 }));

/** Any identifier that the cloud made. */
export const identifier = text({ min: 1, max: 128 });
