import { cpus, release, totalmem } from 'node:os';
import process from 'node:process';

/** Says what the figures were measured on; without it they mean nothing. */
export function describeMachine(): string {
  const processors = cpus();
  const model = processors[0]?.model.trim() ?? 'unknown processor';
  const memoryGiB = Math.round(totalmem() / 1024 ** 3);
  const platform = `${process.platform} ${release()} ${process.arch}`;
  return `${model}, ${processors.length} cores, ${memoryGiB} GiB, ${platform}, Node.js ${process.versions.node}`;
}
