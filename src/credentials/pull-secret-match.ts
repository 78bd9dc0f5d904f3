import type { ImageReference } from '../images/image-reference.ts';
import type { PullSecretCredential } from './types.ts';

/**
 * Finds the credential that the kubelet would try first for images of one host: a key with a longer path is more
 * specific, and among equals the first listed wins. Keys may have `*` and `?` inside a label of the host.
 * ECI takes one credential per host, so one is chosen for all images of it.
 * Source: Kubernetes documentation, Images, Interpretation of config.json.
 */
export function matchPullSecret(
  images: readonly ImageReference[],
  pullSecrets: readonly PullSecretCredential[],
): PullSecretCredential | undefined {
  const matches = pullSecrets.filter((credential) => images.some((image) => coversImage(credential.server, image)));
  return matches.toSorted((a, b) => pathOf(b.server).length - pathOf(a.server).length)[0];
}

/** @returns whether the kubelet would try the credential of `server`, a normalized key of a docker configuration, for the image. */
export function coversImage(server: string, image: ImageReference): boolean {
  const path = pathOf(server);
  const host = server.slice(0, server.length - path.length);
  return matchesHost(host, image.host) && (path === '' || `/${image.repository}/`.startsWith(`${path}/`));
}

function pathOf(server: string): string {
  const slash = server.indexOf('/');
  return slash === -1 ? '' : server.slice(slash);
}

/** Compares label by label, so that `*.example.com` never reaches `a.b.example.com` or another domain. */
function matchesHost(pattern: string, host: string): boolean {
  if (pattern === host) return true;
  if (!/[*?]/.test(pattern)) return false;
  const wanted = pattern.split('.');
  const labels = host.split('.');
  return wanted.length === labels.length && wanted.every((label, index) => matchesLabel(label, labels[index] ?? ''));
}

/**
 * Walks both texts once, going back to the last `*` only: as a regular expression the pattern, which comes from whoever may
 * create Secrets, could take years.
 */
function matchesLabel(pattern: string, label: string): boolean {
  let at = 0;
  let star = -1;
  let resumeAt = 0;
  for (let position = 0; position < label.length;) {
    if (pattern[at] === '*') {
      star = at;
      resumeAt = position;
      at += 1;
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === label[position])) {
      at += 1;
      position += 1;
    } else if (star >= 0) {
      at = star + 1;
      resumeAt += 1;
      position = resumeAt;
    } else {
      return false;
    }
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}
