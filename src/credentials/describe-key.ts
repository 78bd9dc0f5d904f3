/** Shortens an access key ID for people: enough to tell keys apart, not enough to be one. */
export function shortenAccessKeyId(accessKeyId: string): string {
  return accessKeyId.length <= 8 ? accessKeyId : `${accessKeyId.slice(0, 8)}…`;
}
