/**
 * The base of every error that this program raises on purpose.
 *
 * `code` is stable and meant for machines; `message` is one sentence for people that names the object concerned.
 * Wrap once per layer, with what was being done, and pass the original as `cause`.
 */
export class EciKubeletError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}
