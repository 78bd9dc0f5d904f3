import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SECRET_NAME } from '../../src/credential-helper/names.ts';
import { enableRrsa, projectedToken } from '../support/cluster-tokens.ts';
import type { DockerConfig } from '../support/docker-config.ts';
import { eventually } from '../support/eventually.ts';
import { createHelperPlatform } from '../support/helper-platform.ts';
import type { HelperPlatform } from '../support/helper-platform.ts';
import type { HelperProcess } from '../support/helper-process.ts';
import { readHelperSample } from '../support/helper-samples.ts';
import { createMovedClock } from '../support/moved-clock.ts';
import type { MovedClock } from '../support/moved-clock.ts';
import { skopeoOrSkip } from '../support/skopeo.ts';
import type { Skopeo } from '../support/skopeo.ts';

const MINUTE_MS = 60_000;
/** Half of what is left when a renewal is due: passwords are renewed 15 minutes before their end. */
const PAST_DUE_MS = 7 * MINUTE_MS;

/** Every scenario is a sample; its password lives as long as its last session. */
const scenarios: Record<string, { flags: (dir: string) => string[]; lifeMs: number; sessions: string[] }> = {
  'worker-role': {
    flags: () => ['--token-mode', 'workerRole'],
    lifeMs: 60 * MINUTE_MS,
    sessions: ['AssumeRole'],
  },
  'rrsa-cross-account': {
    flags: (dir) => ['--rrsa-token-file', join(dir, 'rrsa')],
    lifeMs: 120 * MINUTE_MS,
    sessions: ['AssumeRoleWithOIDC', 'AssumeRole'],
  },
};

for (const [name, { flags, lifeMs, sessions }] of Object.entries(scenarios)) {
  describe(`three renewals of ${name}`, function () {
    this.timeout(120_000);
    let platform: HelperPlatform;
    let skopeo: Skopeo;
    let closeKeys: () => Promise<void>;
    let clock: MovedClock;
    let helper: HelperProcess;
    let dir: string;
    let image: string;
    let namespace: string;
    let first: DockerConfig;

    before(async function () {
      platform = await createHelperPlatform(this);
      skopeo = await skopeoOrSkip(this, () => platform.simulator);
      closeKeys = await enableRrsa(platform.plane, platform.simulator);
      dir = await mkdtemp(join(tmpdir(), 'eci-kubelet-renewal-'));
      await writeFile(join(dir, 'rrsa'), await projectedToken(platform.plane));
      clock = createMovedClock();
      const sample = await readHelperSample(name);
      ({ image, namespace } = sample);
      await platform.apply(join(sample.folder, 'acr-configuration.yaml'), join(sample.folder, 'namespace.yaml'));
      helper = await platform.start({ flags: flags(dir), clock });
      first = await platform.secret(namespace);
      await platform.attached(namespace, 'app');
      await platform.apply(join(sample.folder, 'pod.yaml'));
      await skopeo.pull(image, first.text);
    });

    after(async () => {
      await closeKeys?.();
      await skopeo?.close();
      await platform?.dispose();
      if (dir !== undefined) await rm(dir, { recursive: true, force: true });
    });

    /** Time passes for the cloud, and for the program. */
    const pass = async (ms: number): Promise<void> => {
      await platform.simulator.advance(ms);
      clock.advance(ms);
    };
    const calls = async (after: number): Promise<string[]> =>
      (await platform.simulator.journal())
        .slice(after)
        .filter(({ product }) => product === 'sts' || product === 'cr')
        .map(({ action }) => action);

    it('are made before the password ends, each with a new session, and every password pulls', async () => {
      let last = first;
      for (const renewal of [1, 2, 3]) {
        const before = (await platform.simulator.journal()).length;
        const untilDueMs = lifeMs - 15 * MINUTE_MS;
        // Jitter makes a renewal at most a tenth of that earlier.
        await pass(untilDueMs * 0.85);
        assert.deepEqual(await calls(before), [], `renewal ${renewal} is not early`);
        await skopeo.pull(image, (await platform.secret(namespace)).text);
        await pass(untilDueMs * 0.15 + PAST_DUE_MS);
        const former = last;
        last = await platform.secret(namespace, ({ text }) => text !== former.text);

        assert.ok(Date.parse(last.expiresAt ?? '') > Date.parse(former.expiresAt ?? ''));
        const made = await calls(before);
        assert.deepEqual(
          made.filter((action) => action.startsWith('AssumeRole')),
          sessions,
        );
        assert.equal(made.filter((action) => action === 'GetAuthorizationToken').length, 1);
        // The former password still lives: who pulled with it a moment ago is not cut off.
        await skopeo.pull(image, former.text);
        await skopeo.pull(image, last.text);
      }
    });

    it('leave the Secret that the Pod names, and the Pod, as they are', async () => {
      const now = await platform.secret(namespace);
      assert.equal(now.uid, first.uid);
      const path = 'jsonpath={.spec.imagePullSecrets[*].name} {.metadata.deletionTimestamp}';
      const pod = await platform.kubectl(['get', 'pod', 'app', '--namespace', namespace, '-o', path]);
      assert.equal(pod, `${SECRET_NAME} `);
      assert.equal(Object.keys(now.auths).join(), Object.keys(first.auths).join());
    });

    it('are needed: by now the first password is dead', async () => {
      await assert.rejects(skopeo.pull(image, first.text), /unauthorized|authentication required/i);
    });

    it('are not repeated by a helper that starts anew while the password lives', async () => {
      await helper.kill('SIGTERM');
      const before = (await platform.simulator.journal()).length;
      helper = await platform.start({ flags: flags(dir), clock });
      await eventually('the new process serves the entry', async () => {
        const { role, entries } = await helper.status();
        return role === 'leader' && entries.length === 1 && entries[0]?.state === 'serving';
      });
      assert.deepEqual(await calls(before), []);
    });
  });
}
