import type { Cause } from './cause.ts';
import { configurationCauses } from './causes/configuration-causes.ts';
import { imageCauses } from './causes/image-causes.ts';
import { kubeletCauses, podCauses } from './causes/pod-causes.ts';
import { secretCauses } from './causes/secret-causes.ts';

/** Every known cause, the most decisive first: what comes later cannot matter before what comes earlier is repaired. */
export const causes: readonly Cause[] = [
  ...imageCauses,
  ...configurationCauses,
  ...secretCauses,
  ...podCauses,
  ...kubeletCauses,
];
