import assert from 'node:assert/strict';
import { eventually } from '../support/eventually.ts';
import { createPlatform } from '../support/platform.ts';
import type { Platform } from '../support/platform.ts';
import type { JournalLine } from '../support/simulator-process.ts';

const A = 'acs:ram::1111111111111111';
const B = 'acs:ram::2222222222222222';

describe('the samples, applied as they stand', function () {
  this.timeout(120_000);
  let platform: Platform;
  let journal: JournalLine[];

  before(async function () {
    platform = await createPlatform(this);
    await platform.start();
    await platform.plane.kubectl(['apply', '-f', 'samples/']);
    await platform.plane.kubectl(['wait', '--for=condition=Available', 'deployments', '--all', '--timeout=60s']);
    await eventually('both image caches are ready', async () => {
      const phases = await platform.plane.kubectl(['get', 'imagecaches', '-o', 'jsonpath={.items[*].status.phase}']);
      return phases === 'Ready Ready';
    });
    journal = await platform.simulator.journal();
  });

  after(async () => {
    if (platform === undefined) return;
    await platform.plane.kubectl(['delete', '-f', 'samples/', '--timeout=60s']);
    await platform.dispose();
  });

  it('bring every Pod to Running with an address', async () => {
    const rows = await platform.plane.kubectl([
      ...['get', 'pods', '-l', 'alibabacloud.com/eci=true'],
      ...['-o', 'jsonpath={range .items[*]}{.status.phase} {.status.podIP}{"\\n"}{end}'],
    ]);
    const pods = rows.trim().split('\n');
    assert.equal(pods.length, 10);
    for (const pod of pods) assert.match(pod, /^Running 192\.168\.\d+\.\d+$/);
  });

  it('print image caches with the columns of the documentation', async () => {
    const [header, ...rows] = (await platform.plane.kubectl(['get', 'imagecache'])).trim().split('\n');
    assert.match(header ?? '', /^NAME\s+AGE\s+CACHEID\s+PHASE\s+PROGRESS$/);
    assert.equal(rows.length, 2);
    for (const row of rows) assert.match(row, /\s\d+s\s+imc-[a-z0-9]+\s+Ready\s+100%$/);
  });

  it('tell the chain in words on the Pod', async () => {
    const described = await platform.plane.kubectl(['describe', 'pods', '-l', 'app=acr-cross-account-custom-domain']);
    assert.match(
      described,
      /images\.b\.example\.com: access key LTAI5tEc… → role role-assume of 1111111111111111 → role role-acr of 2222222222222222 → instance cri-cb5d6f7g8h9j0k1l in cn-hangzhou, password until 20/,
    );
  });

  it('cost one chain each, every hop signed by the right principal, the password asked in the instance’s region', () => {
    const hops = journal
      .filter((call) => call.action === 'AssumeRole')
      .map((call) => `${call.principalArn} assumes ${call.parameters['RoleArn'] ?? ''}`);
    assert.deepEqual(
      hops.toSorted((a, b) => a.localeCompare(b)),
      [
        `${A}:role/role-assume assumes ${B}:role/role-acr`,
        `${A}:user/eci-kubelet assumes ${A}:role/acr-test`,
        `${A}:user/eci-kubelet assumes ${A}:role/role-assume`,
      ],
    );
    const passwords = journal
      .filter((call) => call.action === 'GetAuthorizationToken')
      .map((call) => `${call.principalArn} ${call.parameters['InstanceId'] ?? ''} ${call.regionId} ${call.result}`);
    assert.deepEqual(
      passwords.toSorted((a, b) => a.localeCompare(b)),
      [
        `${A}:role/acr-test cri-a1b2c3d4e5f6g7h8 cn-hangzhou OK`,
        `${A}:user/eci-kubelet cri-bj7k2m9p4q6r8s1t cn-beijing OK`,
        `${A}:user/eci-kubelet cri-j36zhodptmyq1234 cn-hangzhou OK`,
        `${B}:role/role-acr cri-b9n8m7l6k5j4h3g2 cn-hangzhou OK`,
        `${B}:role/role-acr cri-cb5d6f7g8h9j0k1l cn-hangzhou OK`,
      ],
    );
    const lookups = journal.filter((call) => call.product === 'cr' && call.action !== 'GetAuthorizationToken');
    assert.equal(lookups.length, 5, `at most one lookup per chain: ${lookups.map((call) => call.action).join(', ')}`);
  });

  it('make one create call for each Pod and each cache, and nothing fails', () => {
    const count = (action: string): number => journal.filter((call) => call.action === action).length;
    assert.deepEqual(
      [count('CreateContainerGroup'), count('CreateImageCache'), count('UpdateContainerGroup')],
      [10, 2, 0],
    );
    assert.deepEqual(
      journal.filter((call) => call.result !== 'OK'),
      [],
    );
  });

  it('narrow the session of the last hop to reading and pulling', () => {
    for (const call of journal.filter((entry) => entry.action === 'AssumeRole')) {
      const last = !(call.parameters['RoleArn'] ?? '').endsWith('/role-assume');
      assert.equal(call.parameters['Policy'] !== undefined, last, call.parameters['RoleArn']);
    }
  });

  it('pull each image with what was handed over, or take it from the cache that is ready by then', async () => {
    const { eci } = (await platform.simulator.state()) as {
      eci: { groups: { images: { path: string }[] }[]; imageCaches: { images: { path: string }[] }[] };
    };
    const paths = [...eci.groups, ...eci.imageCaches].flatMap(({ images }) => images.map((image) => image.path));
    assert.equal(paths.length, 12);
    assert.deepEqual(
      paths.filter((path) => path !== 'credential' && path !== 'cache'),
      [],
    );
    assert.ok(eci.imageCaches.every(({ images }) => images.every((image) => image.path === 'credential')));
  });

  it('still need only one chain when a Deployment is scaled to 50', async () => {
    const before = await platform.simulator.journal();
    await platform.plane.kubectl(['scale', 'deployment/acr-cross-account-custom-domain', '--replicas=50']);
    await platform.plane.kubectl([
      ...['wait', '--for=jsonpath={.status.readyReplicas}=50', 'deployment/acr-cross-account-custom-domain'],
      '--timeout=90s',
    ]);
    const after = (await platform.simulator.journal()).slice(before.length);
    assert.deepEqual(
      after.filter((call) => call.product !== 'eci'),
      [],
      'no call to STS or Container Registry',
    );
    assert.equal(after.filter((call) => call.action === 'CreateContainerGroup').length, 48);
  });

  it('are not changed by annotations that are edited on a running Pod or put on the Deployment itself', async () => {
    const before = await platform.simulator.journal();
    const annotation = 'k8s.aliyun.com/acr-instance-ids=cri-somethingelse000';
    await platform.plane.kubectl(['annotate', 'pods', '-l', 'app=acr-custom-domain', '--overwrite', annotation]);
    await platform.plane.kubectl(['annotate', 'deployment/acr-custom-domain', '--overwrite', annotation]);
    await eventually('three more polls', async () => {
      const calls = (await platform.simulator.journal()).slice(before.length);
      return calls.filter((call) => call.action === 'DescribeContainerGroupStatus').length >= 3;
    });
    const calls = (await platform.simulator.journal()).slice(before.length);
    assert.deepEqual(
      calls.filter((call) => !call.action.startsWith('Describe')),
      [],
    );
  });
});
