/** One line that a container wrote. */
export interface LogLine {
  /** Epoch milliseconds. */
  readonly atMs: number;
  /** Nanoseconds within that millisecond: no two lines of a log have the same time. */
  readonly nanoseconds: number;
  /** Without the end of line. */
  readonly text: string;
}

/** Kubelet keeps 10 MiB of a container's log; half of that here, since a simulated region has many containers. */
const MAX_CHARACTERS = 5 << 20;
const MAX_LINES = 20_000;

/** Old lines go in portions, so that a full log does not copy itself for every new line. */
const PORTION = 1_000;

/** What one instance of a container wrote. The oldest lines go when there is too much. */
export class ContainerLog {
  #lines: LogLine[] = [];
  #characters = 0;

  get lines(): readonly LogLine[] {
    return this.#lines;
  }

  /** @param atMs epoch milliseconds; a time before the last line's counts as that line's. */
  append(text: string, atMs: number): void {
    const last = this.#lines.at(-1);
    const isLater = last === undefined || atMs > last.atMs;
    this.#lines.push(
      isLater
        ? { atMs, nanoseconds: 0, text }
        : { atMs: last.atMs, nanoseconds: Math.min(last.nanoseconds + 1, 999_999), text },
    );
    this.#characters += text.length;
    while (this.#lines.length > PORTION && this.#isFull()) {
      for (const { text: dropped } of this.#lines.splice(0, PORTION)) {
        this.#characters -= dropped.length;
      }
    }
  }

  #isFull(): boolean {
    return this.#characters > MAX_CHARACTERS || this.#lines.length > MAX_LINES + PORTION;
  }
}

/** Writes the time of a line as RFC 3339 with nanoseconds, as the agents on nodes do. */
export function lineTimestamp({ atMs, nanoseconds }: LogLine): string {
  return `${new Date(atMs).toISOString().slice(0, -1)}${String(nanoseconds).padStart(6, '0')}Z`;
}
