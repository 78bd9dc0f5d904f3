const MOST_CHARACTERS = 80;

/**
 * Quotes a value in a finding. Long ones are cut, and what looks like an access key or its secret, pasted in the wrong place, is only
 * described. Not for what stands in `acr-registry-info`: nothing there is quoted but ids, regions, hosts and ARNs of the right shape.
 */
export function quote(text: string): string {
  if (looksLikeKey(text)) return `(a text of ${text.length} characters)`;
  return JSON.stringify(text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text);
}

function looksLikeKey(text: string): boolean {
  return looksLikeKeyId(text) || looksLikeSecret(text);
}

/** Access key ids start in one of two ways. Source: RAM documentation. */
export function looksLikeKeyId(text: string): boolean {
  return /LTAI|STS\./.test(text);
}

/** Secrets are 30 letters and digits of every kind. Observed: the console and CreateAccessKey give nothing else. */
export function looksLikeSecret(text: string): boolean {
  return (text.match(/[A-Za-z0-9]{24,}/g) ?? []).some(
    (run) => /[a-z]/.test(run) && /[A-Z]/.test(run) && /\d/.test(run),
  );
}
