import { systemClock } from '../../clock.ts';
import type { Sources } from '../../config/settings.ts';
import type { CommandIo } from '../command-io.ts';
import { exitCode } from '../exit-code.ts';
import type { ExitCode } from '../exit-code.ts';
import { withHelperLookout } from '../helper/connect.ts';
import type { HelperLookout } from '../helper/connect.ts';
import { printable } from '../helper/printable.ts';
import { viewCluster } from './cluster-view.ts';
import type { ClusterFacts } from './cluster-view.ts';
import { readCluster } from './read-cluster.ts';
import { renderClusterView } from './render-cluster-view.ts';
import { renderHelperStatus } from './render-helper-status.ts';

/**
 * Prints what the credential helper says of itself, or else what the API server holds of it.
 * @returns `problems` when no helper answered.
 * @throws ConfigError, and what reaching the API server throws.
 */
export async function status(io: CommandIo, flags: Sources['flags']): Promise<ExitCode> {
  const { output, from, ...configFlags } = flags;
  const write = (value: object, asTable: () => string): void => {
    io.stdout.write(output === 'json' ? `${JSON.stringify(value, undefined, 2)}\n` : printable(asTable()));
  };
  return withHelperLookout(io, configFlags, async (lookout) => {
    const answer = await lookout.ask(typeof from === 'string' ? from : undefined);
    const nowMs = systemClock.nowMs();
    if (answer.kind === 'answered') {
      const { from: source, status: told } = answer;
      write({ source: 'helper', from: source, status: told }, () => renderHelperStatus(told, { from: source, nowMs }));
      return exitCode.ok;
    }
    const { why } = answer;
    // Where the API server does not answer either, that is all there is to tell.
    const tell = (): unknown => io.stderr.write(`No credential helper answered: ${printable(why)}\n`);
    const view = viewCluster(await readFacts(lookout, tell), nowMs);
    write({ source: 'api-server', why, view }, () => renderClusterView(view, { why, nowMs }));
    return exitCode.problems;
  });
}

async function readFacts(lookout: HelperLookout, onFailure: () => unknown): Promise<ClusterFacts> {
  const { config, regionId } = lookout;
  try {
    return await readCluster(await lookout.client(), { configMap: config.acrConfigMap, regionId });
  } catch (error) {
    onFailure();
    throw error;
  }
}
