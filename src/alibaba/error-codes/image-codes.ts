import type { CloudErrorCodes } from './cloud-error-code.ts';

/**
 * Image caches. There is no code for a failed pull: that shows up later, in events and container states.
 * Source: ECI API reference, error codes of CreateContainerGroup, CreateImageCache and UpdateImageCache.
 */
export const imageCodes = {
  'ImageSnapshot.NotFound': {
    class: 'permanent',
    when: 'The named image cache does not exist in this region.',
    remedy: 'Correct the image cache id.',
  },
  'ImageSnapshot.IncorrectStatus': {
    class: 'transient',
    when: 'The named image cache is not ready. That passes only while it is being made.',
  },
  'ImageSnapshot.NotSupport': { class: 'permanent', when: 'The image cache cannot be used with this request.' },
  'ImageCache.IncorrectStatus': {
    class: 'transient',
    when: 'The image cache is in a state that does not allow the call.',
  },
  ImageCacheNotSupport: { class: 'permanent', when: 'Image caches cannot be used here.' },
} as const satisfies CloudErrorCodes;
