/** Where measurements go: aligned lines for people, which paste into a page as they are. */
export interface Report {
  heading(text: string): void;
  /** @param value with its unit. */
  figure(name: string, value: string): void;
  remark(text: string): void;
}

const NAME_WIDTH = 52;

/** Creates a report that is written line by line. */
export function createReport(write: (text: string) => void): Report {
  return {
    heading: (text) => write(`\n${text}\n`),
    figure: (name, value) => write(`  ${name.padEnd(NAME_WIDTH)} ${value}\n`),
    remark: (text) => write(`  # ${text}\n`),
  };
}
