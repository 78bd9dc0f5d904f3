import manifest from '../../package.json' with { type: 'json' };

/** The version of this program, as packages, images and the node's `kubeletVersion` carry it. */
export const productVersion: string = manifest.version;
