import assert from 'node:assert/strict';
import type { Principal } from '../../../../simulator/types.ts';
import * as w from './eci-world.ts';

type Entry = { InstanceId?: string; RegionId?: string; ArnService?: string; ArnUser?: string };

function entryParams(entries: Entry[]): Record<string, string> {
  return Object.fromEntries(
    entries.flatMap((entry, index) =>
      Object.entries(entry).map(([name, value]) => [`AcrRegistryInfo.${index + 1}.${name}`, value]),
    ),
  );
}

describe('image pulls of container groups', () => {
  let world: w.EciWorld;

  before(async () => {
    world = await w.startEciWorld();
  });

  after(() => world.stop());

  /** @returns how the only container of a new group got its image, and what it shows. */
  const pull = async (image: string, more: Record<string, string> = {}) => {
    const { ContainerGroupId: id } = await world.call('CreateContainerGroup', w.groupParams(image, more));
    await world.pass(600, 2);
    const row = await w.describeOne(world, id);
    const group = world.service.groups.get(String(id), { accountId: w.ACCOUNT_A, regionId: w.REGION });
    return { status: row['Status'], path: group?.containers[0]?.credentialPath, state: w.firstState(row), row, group };
  };

  const { ACCOUNT_A, HOST_A, HOST_B, CUSTOM_A, CUSTOM_B, PERSONAL, INSTANCE_A, INSTANCE_B } = w;
  const service = w.SERVICE_ROLE;
  const user = w.USER_ROLE;
  const chain = `acr-entry:${service}>${user}`;

  const served: Record<string, { image: string; entries?: Entry[]; path: string }> = {
    'the own account at a default host needs nothing': { image: `${HOST_A}/team/app:v1`, path: 'service-linked-role' },
    'the own account at a Personal host needs nothing': {
      image: `${PERSONAL}/team-a/app:v1`,
      path: 'service-linked-role',
    },
    'an own custom domain takes the instance id': {
      image: `${CUSTOM_A}/team/app:v1`,
      entries: [{ InstanceId: INSTANCE_A }],
      path: 'acr-entry:service-linked-role',
    },
    'an own default host may be narrowed to a role': {
      image: `${HOST_A}/team/app:v1`,
      entries: [{ ArnService: service }],
      path: `acr-entry:${service}`,
    },
    'another account at a default host takes both roles': {
      image: `${HOST_B}/team/app:v1`,
      entries: [{ ArnService: service, ArnUser: user }],
      path: chain,
    },
    'another account at a Personal host takes both roles': {
      image: `${PERSONAL}/team-b/app:v1`,
      entries: [{ ArnService: service, ArnUser: user }],
      path: chain,
    },
    'another account at a custom domain takes all three': {
      image: `${CUSTOM_B}/team/app:v1`,
      entries: [{ InstanceId: INSTANCE_B, RegionId: w.REGION, ArnService: service, ArnUser: user }],
      path: chain,
    },
    'entries that do not serve the host are passed over': {
      image: `${HOST_B}/team/app:v1`,
      entries: [{ ArnService: service }, { InstanceId: INSTANCE_A }, { ArnService: service, ArnUser: user }],
      path: chain,
    },
    'a public registry is asked anonymously': { image: 'nginx:v1', path: 'anonymous' },
  };
  for (const [title, { image, entries = [], path }] of Object.entries(served)) {
    it(title, async () => {
      const outcome = await pull(image, entryParams(entries));
      assert.deepEqual([outcome.status, outcome.path, outcome.state['Message']], ['Running', path, undefined]);
    });
  }

  const denied = /pull access denied/;
  const refused: Record<string, { image: string; more?: Record<string, string>; message: RegExp }> = {
    'another account without an entry': { image: `${HOST_B}/team/app:v1`, message: denied },
    'an own custom domain without an entry': { image: `${CUSTOM_A}/team/app:v1`, message: denied },
    'a custom domain with the id of another instance': {
      image: `${CUSTOM_B}/team/app:v1`,
      more: entryParams([{ InstanceId: INSTANCE_A, ArnService: service, ArnUser: user }]),
      message: denied,
    },
    'an instance in another region than the entry says': {
      image: `${CUSTOM_B}/team/app:v1`,
      more: entryParams([{ InstanceId: INSTANCE_B, RegionId: 'cn-beijing', ArnService: service, ArnUser: user }]),
      message: denied,
    },
    'a role that does not trust ECI': {
      image: `${HOST_A}/team/app:v1`,
      more: entryParams([{ ArnService: `acs:ram::${ACCOUNT_A}:role/untrusting` }]),
      message: /failed to get ACR credential: AssumeRole .*role\/untrusting: NoPermission/,
    },
    'a role that may not ask for a password': {
      image: `${HOST_A}/team/app:v1`,
      more: entryParams([{ ArnService: `acs:ram::${ACCOUNT_A}:role/powerless` }]),
      message: /GetAuthorizationToken: NoPermission/,
    },
    'a role of somebody else as the first hop': {
      image: `${HOST_B}/team/app:v1`,
      more: entryParams([{ ArnService: user }]),
      message: /is not a role of the account/,
    },
    'a role that does not exist': {
      image: `${HOST_A}/team/app:v1`,
      more: entryParams([{ ArnService: `acs:ram::${ACCOUNT_A}:role/missing` }]),
      message: /EntityNotExist\.Role/,
    },
    'a wrong password': {
      image: `${w.PRIVATE_HUB}/team/app:v1`,
      more: credential(w.PRIVATE_HUB, 'robot', 'guess'),
      message: /failed to fetch oauth token: .* 401 Unauthorized/,
    },
    'no password where one is needed': { image: `${w.PRIVATE_HUB}/team/app:v1`, message: denied },
    'an image that does not exist': {
      image: 'nginx:v2',
      message: /code = NotFound .*docker\.io\/library\/nginx:v2: not found/,
    },
    'a host that does not exist': {
      image: 'nowhere.example.com/team/app:v1',
      message: /lookup nowhere\.example\.com: no such host/,
    },
    'a host that only begins like one of ACR': {
      image: `${HOST_A}.attacker.example.com/team/app:v1`,
      more: entryParams([{ ArnService: service }]),
      message: /no such host/,
    },
  };
  for (const [title, { image, more = {}, message }] of Object.entries(refused)) {
    it(`fails for ${title}`, async () => {
      const outcome = await pull(image, more);
      assert.deepEqual(
        [outcome.status, outcome.state['State'], outcome.state['Reason']],
        ['Pending', 'Waiting', 'ErrImagePull'],
      );
      assert.match(String(outcome.state['Message']), message);
      assert.ok(!JSON.stringify(outcome.row).includes('guess'), 'a password is shown');
    });
  }

  function credential(server: string, userName: string, password: string): Record<string, string> {
    return {
      'ImageRegistryCredential.1.Server': server,
      'ImageRegistryCredential.1.UserName': userName,
      'ImageRegistryCredential.1.Password': password,
    };
  }

  const owner = (): Principal => ({
    kind: 'root',
    accountId: w.ACCOUNT_B,
    arn: `acs:ram::${w.ACCOUNT_B}:root`,
    accessKeyId: '',
  });

  it('uses a password that was handed over, until it expires', async () => {
    const issued = world.simulator.acr.issue(owner(), { instanceId: INSTANCE_B, regionId: w.REGION });
    const login = credential(HOST_B, issued.userName, issued.password);
    assert.equal((await pull(`${HOST_B}/team/app:v1`, login)).path, 'credential');
    await world.pass(3_600_000);
    const late = await pull(`${HOST_B}/team/app:v1`, login);
    assert.match(String(late.state['Message']), /401 Unauthorized/);
  });

  it('does not accept a password of one instance at another', async () => {
    const issued = world.simulator.acr.issue(owner(), { instanceId: INSTANCE_B, regionId: w.REGION });
    const outcome = await pull(`${HOST_A}/team/app:v1`, credential(HOST_A, issued.userName, issued.password));
    assert.match(String(outcome.state['Message']), /401 Unauthorized/);
  });

  it('prefers a credential to an entry for the same host and remarks on it', async () => {
    const issued = world.simulator.acr.issue(owner(), { instanceId: INSTANCE_B, regionId: w.REGION });
    const outcome = await pull(`${HOST_B}/team/app:v1`, {
      ...credential(HOST_B, issued.userName, issued.password),
      ...entryParams([{ ArnService: service, ArnUser: user }]),
    });
    assert.equal(outcome.path, 'credential');
    assert.match(
      [...(outcome.group?.warnings ?? [])].join(),
      /covered by an ImageRegistryCredential and by an AcrRegistryInfo/,
    );
  });

  it('backs off, tries again, and succeeds once the credential is replaced', async () => {
    const image = `${w.PRIVATE_HUB}/team/app:v1`;
    const { ContainerGroupId: id } = await world.call(
      'CreateContainerGroup',
      w.groupParams(image, credential(w.PRIVATE_HUB, 'robot', 'guess')),
    );
    await world.pass(600, 2);
    await world.pass(5000);
    const waiting = w.firstState(await w.describeOne(world, id));
    assert.deepEqual(
      [waiting['Reason'], waiting['Message']],
      ['ImagePullBackOff', `Back-off pulling image "${image}"`],
    );
    await world.call('UpdateContainerGroup', {
      ContainerGroupId: String(id),
      ...credential(w.PRIVATE_HUB, 'robot', 'CANARY-hub'),
    });
    assert.equal((await w.describeOne(world, id))['Status'], 'Pending');
    await world.pass(6000, 3);
    await world.pass(300);
    assert.equal((await w.describeOne(world, id))['Status'], 'Running');
  });

  it('shows in the state which credential served, and no password', async () => {
    const outcome = await pull(`${w.PRIVATE_HUB}/team/app:v1`, credential(w.PRIVATE_HUB, 'robot', 'CANARY-hub'));
    assert.equal(outcome.path, 'credential');
    const { eciState } = await import('../../../../simulator/eci/state.ts');
    const state = JSON.stringify(eciState(world.service));
    assert.ok(state.includes(w.PRIVATE_HUB));
    assert.ok(!state.includes('CANARY-hub'));
  });
});
