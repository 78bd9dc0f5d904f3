/** A pull that failed, in the words in which containerd reports it. */
export class PullError extends Error {
  /** @param image normalised reference. @param detail what went wrong while it was resolved. */
  constructor(image: string, detail: string, code = 'Unknown') {
    super(
      `rpc error: code = ${code} desc = failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${detail}`,
    );
    this.name = 'PullError';
  }
}
