import assert from 'node:assert/strict';
import { parsePodAnnotations } from '../../../../src/annotations/parse-pod-annotations.ts';
import { CredentialError } from '../../../../src/credentials/errors.ts';
import type {
  CredentialRequest,
  HostOutcome,
  Note,
  PullSecretCredential,
  ResolvedCredentials,
} from '../../../../src/credentials/types.ts';
import { InstanceStore } from '../../../../src/eci/feed/instance-store.ts';
import { missingAnnotations } from '../../../../src/eci/create/written-annotations.ts';
import { CredentialRenewal } from '../../../../src/eci/renewal/credential-renewal.ts';
import { HELD_CREDENTIALS_ANNOTATION, readHeldCredentials } from '../../../../src/eci/renewal/held-credentials.ts';
import { mapPodStatus } from '../../../../src/eci/status/map-pod-status.ts';
import type { Pod, PodCondition } from '../../../../src/kube/types.ts';
import { Secret } from '../../../../src/secret.ts';
import { noLog } from '../../../../src/telemetry/types.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { aContainer, aPod } from '../../../support/pod-builder.ts';
import { FakeEciClient } from '../fake-eci-client.ts';

const MINUTE = 60_000;
const HOST = 'images.example.com';
const HUB = 'docker.io';
const UID = '0a1b2c3d-0000-4000-8000-000000000001';
const entry = { instanceId: 'cri-a1b2c3d4e5f6g7h8' };

/** One running Pod with a password for an hour and a pull Secret, and a cloud that gives new passwords for an hour. */
class World {
  readonly clock = new FakeClock();
  readonly eci = new FakeEciClient(this.clock);
  readonly store = new InstanceStore();
  readonly asked: CredentialRequest[] = [];
  readonly notes: Note[] = [];
  readonly metrics = new Map<string, number>();
  readonly givenAtMs = this.clock.nowMs();
  pullSecrets: PullSecretCredential[] = [hubLogin('old')];
  pod: Pod;
  outcome: (nowMs: number) => HostOutcome = (nowMs) => resolved(nowMs + 60 * MINUTE);
  refuse: CredentialError | undefined;
  /** How often annotations of Pods were read. */
  parsed = 0;
  renewal = this.process();
  #serial = 0;

  constructor(annotations?: Record<string, string>) {
    const until = new Date(this.givenAtMs + 60 * MINUTE).toISOString();
    const written = { group: 'eci-1', given: new Date(this.givenAtMs).toISOString(), until: {}, entries: [entry] };
    this.pod = aPod({
      uid: UID,
      annotations: annotations ?? {
        [HELD_CREDENTIALS_ANNOTATION]: JSON.stringify({ ...written, until: { [HOST]: until, [HUB]: null } }),
      },
      spec: {
        containers: [aContainer({ image: `${HOST}/team/app:v1` }), aContainer({ name: 'side', image: 'nginx' })],
      },
    });
    this.eci.seed({ containerGroupId: 'eci-1' });
    this.store.enter({ uid: UID, namespace: 'default', name: 'web', nodeName: 'node', instanceId: 'eci-1' });
    this.sees('Running');
  }

  sees(groupStatus: string): void {
    this.store.observe(UID, { containerGroupId: 'eci-1', observedAtMs: this.clock.nowMs(), groupStatus });
  }

  /** A process with empty memory. */
  process(): CredentialRenewal {
    return new CredentialRenewal({
      store: this.store,
      nodeName: 'node',
      hasSynced: () => true,
      ports: {
        eci: this.eci,
        clock: this.clock,
        log: noLog,
        random: () => 1,
        parseAnnotations: (...given) => {
          this.parsed += 1;
          return parsePodAnnotations(...given);
        },
        readPullSecrets: () => Promise.resolve({ credentials: this.pullSecrets, notes: [] }),
        credentials: { resolve: (request) => this.#resolve(request) },
        metrics: {
          count: (name, labels) => {
            const key = `${name} ${labels?.['result'] ?? ''}`;
            this.metrics.set(key, (this.metrics.get(key) ?? 0) + 1);
          },
          gauge: (name, value, labels) => void this.metrics.set(`${name} ${labels?.['state'] ?? ''}`, value),
          observe: () => {},
        },
      },
    });
  }

  /** Moves time on and takes a turn every two seconds. */
  async pass(minutes: number): Promise<void> {
    const stopping = new AbortController();
    const running = this.renewal.run(stopping.signal, {
      getByUid: (uid) => (uid === UID ? this.pod : undefined),
      emit: (_pod, note) => this.notes.push(note),
    });
    await this.clock.advance(minutes * MINUTE);
    stopping.abort();
    await running;
  }

  /** Writes on the Pod what the Pod controller would. */
  writeBack(): void {
    const instance = this.store.get(UID)?.instance;
    assert.ok(instance !== undefined);
    const annotations = { ...this.pod.metadata?.annotations, ...missingAnnotations(this.pod, instance) };
    this.pod = { ...this.pod, metadata: { ...this.pod.metadata, annotations } };
  }

  condition(): PodCondition | undefined {
    const instance = this.store.get(UID)?.instance;
    assert.ok(instance !== undefined);
    const status = mapPodStatus({ pod: this.pod, instance, hostIp: '10.0.0.1', nowMs: this.clock.nowMs() });
    return status.conditions?.find(({ type }) => type === 'ImageCredentials');
  }

  #resolve(request: CredentialRequest): Promise<ResolvedCredentials> {
    this.asked.push(request);
    if (this.refuse !== undefined) return Promise.reject(this.refuse);
    const outcome = this.outcome(this.clock.nowMs());
    this.#serial += 1;
    const password = new Secret(`password-${this.#serial}`);
    return Promise.resolve({
      imageRegistryCredentials: [
        ...(outcome.kind === 'resolved' ? [{ server: HOST, userName: 'cr_temp_user', password }] : []),
        ...request.pullSecrets.map(({ server, userName, password: own }) => ({ server, userName, password: own })),
      ],
      acrRegistryInfos: [],
      hosts: [outcome, ...request.pullSecrets.map(({ server }): HostOutcome => pullSecret(server))],
      notes: [],
    });
  }
}

const pullSecret = (host: string): HostOutcome => ({ host, kind: 'pull-secret', source: 'default/hub' });

function resolved(expiresAtMs: number): HostOutcome {
  return { host: HOST, kind: 'resolved', entry, chain: 'chain in words', regionId: 'cn-hangzhou', expiresAtMs };
}

function hubLogin(password: string, server = HUB): PullSecretCredential {
  return { server, userName: 'me', password: new Secret(password), source: 'default/hub' };
}

function refusal(code = 'NoPermission'): CredentialError {
  return new CredentialError({
    code,
    message: 'Hop 1 (service role role-assume of 1111) failed: AssumeRole was answered NoPermission.',
    advice: 'Let the role trust this component.',
    class: 'permission',
  });
}

const sent = (world: World): string[][] =>
  world.eci.updates.map(({ imageRegistryCredential = [] }) =>
    imageRegistryCredential.map(({ server, password }) => `${server} ${password.reveal()}`),
  );

describe('renewal of the credentials of running groups', () => {
  it('sends a new password before the old one ends, with every other entry and nothing else', async () => {
    const world = new World();
    world.pullSecrets = [hubLogin('new')];
    await world.pass(32);
    assert.deepEqual(sent(world), []);
    await world.pass(17);
    assert.deepEqual(sent(world), [[`${HOST} password-1`, `${HUB} new`]]);
    const [update] = world.eci.updates;
    assert.deepEqual(Object.keys(update ?? {}).toSorted(), [
      'clientToken',
      'containerGroupId',
      'imageRegistryCredential',
      'updateType',
    ]);
    assert.equal(update?.updateType, 'IncrementalUpdate');
    assert.ok((update?.clientToken.length ?? 99) <= 64);
    assert.equal(world.metrics.get('eci_kubelet_group_credential_renewals_total renewed'), 1);
  });

  it('uses the chains of the creation, whatever was edited since', async () => {
    const world = new World();
    const edited = { ...world.pod.metadata?.annotations, 'k8s.aliyun.com/acr-instance-ids': 'cri-zzzzzzzzzzzzzzzz' };
    world.pod = { ...world.pod, metadata: { ...world.pod.metadata, annotations: edited } };
    await world.pass(49);
    assert.deepEqual(world.asked[0]?.entries, [entry]);
  });

  it('never makes the list longer, which would restart the containers', async () => {
    const world = new World();
    world.pullSecrets = [hubLogin('old'), hubLogin('later', 'harbor.example.com')];
    await world.pass(49);
    assert.deepEqual(sent(world), [[`${HOST} password-1`, `${HUB} old`]]);
  });

  it('goes by what was handed over together with a new image, before the Pod says so', async () => {
    const world = new World();
    const until = new Date(world.givenAtMs + 90 * MINUTE).toISOString();
    const given = new Date(world.givenAtMs + 30 * MINUTE).toISOString();
    const held = { group: 'eci-1', given, until: { [HOST]: until, [HUB]: null, 'new.example.com': null }, entries: [] };
    world.store.reportRenewal(UID, 'eci-1', { held: JSON.stringify(held) });
    world.pullSecrets = [hubLogin('old'), hubLogin('later', 'new.example.com')];
    await world.pass(62);
    assert.deepEqual(sent(world), []);
    await world.pass(17);
    assert.deepEqual(sent(world), [[`${HOST} password-1`, `${HUB} old`, 'new.example.com later']]);
  });

  it('goes on for hours, also in a process that starts in between', async () => {
    const world = new World();
    for (let hour = 0; hour < 7; hour += 1) {
      await world.pass(60);
      world.writeBack();
      world.renewal = world.process();
      const held = readHeldCredentials(world.pod, 'eci-1');
      assert.ok((held?.expiriesMs.get(HOST) ?? 0) > world.clock.nowMs());
    }
    assert.ok(world.eci.updates.length >= 7 && world.eci.updates.length <= 14, `${world.eci.updates.length} updates`);
  });

  it('says on the Pod until when the new ones hold', async () => {
    const world = new World();
    await world.pass(49);
    assert.equal(world.condition()?.reason, 'ImageCredentialsResolved');
    assert.match(world.condition()?.message ?? '', /chain in words, until 2026-01-01T01:\d\d:\d\dZ/);
  });

  it('waits for a group that is being updated, without a word', async () => {
    const world = new World();
    world.sees('Updating');
    await world.pass(49);
    assert.deepEqual([world.eci.updates.length, world.notes.length], [0, 0]);
    world.sees('Running');
    await world.pass(1);
    assert.equal(world.eci.updates.length, 1);
  });

  it('comes back soon when ECI says that another change is under way', async () => {
    const world = new World();
    world.eci.fail('updateContainerGroup', 'OperationConflict');
    await world.pass(49);
    assert.equal(world.eci.updates.length, 1);
    assert.equal(world.metrics.get('eci_kubelet_group_credential_renewals_total busy'), 1);
    assert.deepEqual(world.notes, []);
  });

  it('tells of a chain that fails once, with the hop and advice, while the old password serves; and once when it has ended', async () => {
    const world = new World();
    world.refuse = refusal();
    await world.pass(55);
    assert.equal(world.notes.length, 1);
    assert.equal(world.notes[0]?.reason, 'ImageCredentialsRenewalFailed');
    assert.match(
      world.notes[0]?.message ?? '',
      /could not be renewed: Hop 1 \(service role .*NoPermission.* Let the role trust this component\. Those that it holds serve until 2026-01-01T01:00:00Z\.$/,
    );
    assert.deepEqual([world.condition()?.status, world.condition()?.reason], ['True', 'ImageCredentialsRenewalFailed']);
    await world.pass(65);
    assert.equal(world.notes.length, 2);
    assert.match(world.notes[1]?.message ?? '', /ended at 2026-01-01T01:00:00Z: its next pull fails\.$/);
    assert.equal(world.condition()?.status, 'False');
    assert.equal(world.metrics.get('eci_kubelet_group_credentials expired'), 1);
    assert.ok(world.asked.length < 40, `${world.asked.length} tries`);

    world.refuse = undefined;
    await world.pass(6);
    assert.deepEqual([world.condition()?.status, world.condition()?.reason], ['True', 'ImageCredentialsResolved']);
    assert.equal(world.metrics.get('eci_kubelet_group_credentials expired'), 0);
  });

  it('asks for the failure rather than for the old password, and sends nothing when nothing newer is to be had', async () => {
    const world = new World();
    world.outcome = () => resolved(world.givenAtMs + 60 * MINUTE);
    await world.pass(49);
    assert.equal(world.asked[0]?.freshOrFail, true);
    assert.deepEqual([world.eci.updates.length, world.notes.length], [0, 0]);
    world.outcome = (nowMs) => resolved(nowMs + 60 * MINUTE);
    await world.pass(1);
    assert.equal(world.eci.updates.length, 1);
  });

  it('sends nothing when ECI would have to run the chain from now on, and says why', async () => {
    const world = new World();
    world.outcome = () => ({ host: HOST, kind: 'forwarded', entry, chain: 'chain' });
    await world.pass(59);
    assert.deepEqual(world.eci.updates, []);
    assert.match(world.notes[0]?.message ?? '', /no longer trusts this component/);
  });

  it('names the permission that updates need', async () => {
    const world = new World();
    world.eci.fail('updateContainerGroup', 'NoPermission', { times: 100, httpStatus: 403 });
    await world.pass(50);
    assert.match(
      world.notes[0]?.message ?? '',
      /UpdateContainerGroup was answered NoPermission \(request id .*\)\. Allow eci:UpdateContainerGroup\./,
    );
  });

  it('takes up a group of which nothing was written down, when its Pod names a chain', async () => {
    const world = new World({ 'k8s.aliyun.com/acr-instance-ids': entry.instanceId });
    await world.pass(1);
    assert.equal(world.eci.updates.length, 1);
    world.writeBack();
    assert.ok(readHeldCredentials(world.pod, 'eci-1') !== undefined);
  });

  it('writes down that such a group holds nothing that ends, so that it is not asked for again', async () => {
    const world = new World({ 'k8s.aliyun.com/acr-instance-ids': entry.instanceId });
    world.outcome = () => ({ host: HOST, kind: 'forwarded', entry, chain: 'chain' });
    await world.pass(5);
    assert.deepEqual([world.eci.updates.length, world.asked.length], [0, 1]);
    world.writeBack();
    world.renewal = world.process();
    await world.pass(5);
    assert.equal(world.asked.length, 1);
  });

  it('leaves a Pod without chains alone', async () => {
    const world = new World({});
    await world.pass(120);
    assert.deepEqual([world.asked.length, world.eci.updates.length], [0, 0]);
    assert.equal(world.parsed, 1, 'a look at thousands of Pods is to cost nothing');
  });
});
