import type { Cause } from '../cause.ts';
import { nameEntry, whatToAdd } from '../coverage.ts';

/** Nobody can bind this name to an instance. */
const DOCKER_HUB = 'docker.io';
const OWN_SECRET = 'For a private image, use a pull Secret of your own.';

/** What the image itself says. */
export const imageCauses: readonly Cause[] = [
  {
    id: 'image-invalid',
    when: 'The image is no valid reference, so that the kubelet does not even try (`InvalidImageName`).',
    remedy: 'Correct the image of the Pod. The message says which part is wrong.',
    final: true,
    find: ({ invalid }) =>
      invalid === undefined ? undefined : { message: `${sentence(invalid)}.`, remedy: 'Correct the image of the Pod.' },
  },
  {
    id: 'personal-new',
    when: 'The host begins with `crpi-`: a Personal Edition instance made on or after 2024-09-09. No interface gives passwords for these, so no credential helper can serve them.',
    remedy: 'Make a pull Secret by hand and list it in the ServiceAccount. The helper leaves such entries alone.',
    final: true,
    find: ({ registry, reference, facts }) =>
      registry.kind !== 'personal-dedicated'
        ? undefined
        : {
            message: `${reference?.host ?? ''} is a Personal Edition instance of the new kind (made on or after 2024-09-09), for which nothing gives a password.`,
            remedy: `kubectl -n ${facts.namespace} create secret docker-registry …, and add its name to imagePullSecrets of the ServiceAccount ${facts.serviceAccountName}; the helper leaves such entries alone.`,
          },
  },
  {
    id: 'not-acr',
    when: 'The host is no name of Container Registry, and no entry lists it. The helper has nothing to do with this image; a public one can be pulled without credentials.',
    remedy:
      'For a private image, use a pull Secret of your own. If the host is a custom domain of an Enterprise Edition instance, add it to `domains` of its entry.',
    final: true,
    harmless: true,
    find({ registry, reference, coverage }) {
      if (reference === undefined || registry.kind !== 'other' || coverage.kind === 'covered') return undefined;
      if (coverage.kind === 'uncovered' && coverage.near !== undefined) return undefined;
      const { host } = reference;
      const doubt =
        coverage.kind === 'unknown'
          ? ` Whether it is a custom domain of ${coverage.candidates.map(nameEntry).join(' or ')} is not known, because no helper answered.`
          : '';
      return {
        message: `${host} is no host of Container Registry, and no entry of acr-registry-info lists it: the credential helper has nothing to do with it.${doubt}`,
        remedy: `${OWN_SECRET}${host === DOCKER_HUB ? '' : ` If it is a custom domain: ${lowerFirst(whatToAdd(host, registry))}`}`,
      };
    },
  },
];

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
