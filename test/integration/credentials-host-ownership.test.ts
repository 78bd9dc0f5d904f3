import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { applyAll } from '../support/apply-all.ts';
import { readCreateRequests } from '../support/create-requests.ts';
import type { CreateRequest } from '../support/create-requests.ts';
import { accounts, allowing, putRole, trusting, writeFixture } from '../support/fixture-file.ts';
import { createPlatform } from '../support/platform.ts';
import type { Platform } from '../support/platform.ts';
import { podManifest } from '../support/pod-manifest.ts';
import { isCreated, podsWhen } from '../support/pod-report.ts';
import type { PodReport } from '../support/pod-report.ts';

const A = `acs:ram::${accounts.a}`;
/** Owns custom-a-registry.cn-hangzhou.cr.aliyuncs.com and images.a.example.com, and no other host below. */
const customA = 'cri-j36zhodptmyq1234';
/** May get passwords and pull, but not read which instances and domains there are. */
const blind = `${A}:role/blind`;

/** Hosts that the instance does not own, by the name of the Pod that tries. */
const strangers: Readonly<Record<string, string>> = {
  'look-alike': 'custom-a-registry.cn-hangzhou.cr.aliyuncs.com.evil.example.com',
  'look-alike-of-a-custom-domain': 'images.a.example.com.evil.example.com',
  'other-port': 'custom-a-registry.cn-hangzhou.cr.aliyuncs.com:8443',
  'other-instance': 'demo-a-registry.cn-hangzhou.cr.aliyuncs.com',
  'other-account': 'images.b.example.com',
  // Answers with the challenge of the instance.
  liar: 'liar.example.com',
};

const blindly = { 'acr-service-arns': blind };
/** Hosts that are tried with a role to which RAM refuses ListInstance and ListInstanceEndpoint. */
const unproven = {
  'blind-by-role': { host: 'demo-a-registry.cn-hangzhou.cr.aliyuncs.com', annotations: blindly },
  'blind-by-id': {
    host: 'custom-a-registry.cn-hangzhou.cr.aliyuncs.com',
    annotations: { ...blindly, 'acr-instance-ids': customA },
  },
  'blind-of-another-account': { host: 'demo-b-registry.cn-hangzhou.cr.aliyuncs.com', annotations: blindly },
  'blind-custom-domain': { host: 'images.a.example.com', annotations: { ...blindly, 'acr-instance-ids': customA } },
  'blind-liar': { host: 'liar.example.com', annotations: { ...blindly, 'acr-instance-ids': customA } },
  'blind-collector': { host: 'collector.example.com', annotations: { ...blindly, 'acr-instance-ids': customA } },
  'blind-silent': { host: 'harbor.example.com', annotations: { ...blindly, 'acr-instance-ids': customA } },
};
const mayNotList =
  /the domains of instance cri-j36zhodptmyq1234 in cn-hangzhou may not be listed, so nothing proves that the host is one of them; grant cr:ListInstanceEndpoint/;

describe('a registry password for a host that the instance is not proven to own', function () {
  this.timeout(60_000);
  let platform: Platform;

  before(async function () {
    const fixture = await writeFixture((world) => {
      putRole(world, accounts.a, {
        name: 'blind',
        trust: trusting({ ram: [`${A}:user/eci-kubelet`] }),
        policies: [allowing('cr:GetAuthorizationToken', 'cr:PullRepository')],
      });
      const service = `registry.aliyuncs.com:cn-hangzhou:china:${customA}`;
      const realm = 'https://dockerauth-ee.cn-hangzhou.aliyuncs.com/auth';
      world.registries?.push(
        { host: 'liar.example.com', challenge: { realm, service } },
        { host: 'collector.example.com', challenge: { realm: 'https://elsewhere.example.org/auth', service } },
      );
    });
    platform = await createPlatform(this, { fixture });
  });

  after(async () => await platform?.dispose());

  for (const mode of ['resolve', 'auto', 'forward']) {
    describe(`with --credential-delivery ${mode}`, () => {
      const annotations = { 'acr-instance-ids': customA };
      const seen = scenario(['--credential-delivery', mode], {
        ...Object.fromEntries(Object.entries(strangers).map(([name, host]) => [name, { host, annotations }])),
        'own-host': { host: 'custom-a-registry.cn-hangzhou.cr.aliyuncs.com', annotations },
        'own-domain': { host: 'images.a.example.com', annotations },
        'roles-on-a-look-alike': {
          host: strangers['look-alike'] ?? '',
          annotations: { 'acr-service-arns': `${A}:role/acr-test` },
        },
        ...(mode === 'resolve' ? unproven : {}),
      });

      for (const [name, host] of Object.entries(strangers)) {
        it(`never goes to ${host}`, () => {
          assert.deepEqual(seen.request(name).servers, []);
          const entries = seen.request(name).acrRegistryInfos.map((info) => info['InstanceId']);
          // ECI decides for itself which domains an entry is for.
          assert.deepEqual(entries, mode === 'forward' ? [customA] : []);
        });
      }

      it('never goes to a host that only looks like ACR and is named by a role', () => {
        const { servers, acrRegistryInfos } = seen.request('roles-on-a-look-alike');
        assert.deepEqual([servers, acrRegistryInfos], [[], []]);
      });

      it('goes to the hosts that it owns', () => {
        for (const name of ['own-host', 'own-domain']) {
          assert.equal(seen.request(name).servers.length, mode === 'forward' ? 0 : 1, name);
        }
      });

      if (mode === 'forward') return;
      it('is missing with a Warning that names host, instance and remedy', () => {
        for (const [name, host] of Object.entries(strangers)) {
          const { events, conditions } = seen.pod(name);
          const warning = events.find((event) => event.startsWith('Warning RegistryHostNotOwned: ')) ?? '';
          assert.ok(warning.includes(host), `${name}: ${events.join('\n')}`);
          assert.match(
            warning,
            /the host is not a domain of instance cri-j36zhodptmyq1234 in cn-hangzhou; correct the id or its region, or bind the domain to the instance\. No password was handed out/,
          );
          assert.equal(conditions['ImageCredentials'], `False RegistryHostNotOwned: ${host}: not owned by ${customA}`);
        }
      });

      if (mode === 'auto') return;
      it('where RAM refuses to list, goes to default domains whose own challenge names the instance', () => {
        assert.deepEqual(seen.request('blind-by-role').servers, ['demo-a-registry.cn-hangzhou.cr.aliyuncs.com']);
        assert.deepEqual(seen.request('blind-by-id').servers, ['custom-a-registry.cn-hangzhou.cr.aliyuncs.com']);
        assert.equal(seen.pod('blind-by-role').phase, 'Running');
        assert.equal(seen.pod('blind-by-id').phase, 'Running');
      });

      it('where RAM refuses to list, goes to a custom domain whose own challenge names the instance', () => {
        assert.deepEqual(seen.request('blind-custom-domain').servers, ['images.a.example.com']);
        assert.equal(seen.pod('blind-custom-domain').phase, 'Running');
      });

      it('where RAM refuses to list, never goes to the default domain of another account', () => {
        assert.deepEqual(seen.request('blind-of-another-account').servers, []);
        assert.match(
          seen.pod('blind-of-another-account').events.join('\n'),
          /Warning RegistryHostNotOwned: demo-b-registry\.cn-hangzhou\.cr\.aliyuncs\.com: cri-b9n8m7l6k5j4h3g2 in cn-hangzhou belongs to another account/,
        );
      });

      it('where RAM refuses to list, never goes to a host that gives no challenge of the instance, or sends passwords elsewhere', () => {
        for (const name of ['blind-collector', 'blind-silent']) {
          assert.deepEqual(seen.request(name).servers, [], name);
          assert.match(seen.pod(name).events.join('\n'), mayNotList);
        }
      });
    });
  }

  describe('with --custom-host-proof registry-api, where RAM refuses to list', () => {
    const seen = scenario(['--credential-delivery', 'resolve', '--custom-host-proof', 'registry-api'], unproven);

    it('goes to default domains as before', () => {
      assert.deepEqual(seen.request('blind-by-role').servers, ['demo-a-registry.cn-hangzhou.cr.aliyuncs.com']);
      assert.deepEqual(seen.request('blind-by-id').servers, ['custom-a-registry.cn-hangzhou.cr.aliyuncs.com']);
    });

    it('goes to no custom domain, honest or not', () => {
      for (const name of ['blind-custom-domain', 'blind-liar', 'blind-collector', 'blind-silent']) {
        assert.deepEqual(seen.request(name).servers, [], name);
        assert.match(seen.pod(name).events.join('\n'), mayNotList);
      }
    });
  });

  /** Starts the product with some options and waits until it has created a Pod for every host. */
  function scenario(
    flags: readonly string[],
    cases: Readonly<Record<string, { host: string; annotations: Record<string, string> }>>,
  ): { pod(name: string): PodReport; request(name: string): CreateRequest } {
    // Names of their own, so that nobody has to wait until the Pods of the scenario before are gone.
    const nameOf = (name: string): string =>
      `${name}-${createHash('sha256').update(flags.join()).digest('hex').slice(0, 6)}`;
    let pods = new Map<string, PodReport>();
    let requests = new Map<string, CreateRequest>();

    before(async () => {
      const product = await platform.start({ flags: [...flags, '--no-image-cache-controller'] });
      const { nodeName } = platform.sandbox;
      await applyAll(
        platform,
        Object.entries(cases).map(([name, { host, annotations }]) =>
          podManifest({ name: nameOf(name), nodeName, images: [`${host}/team/app:v1`], annotations }),
        ),
      );
      const settled = (pod: PodReport): boolean =>
        isCreated(pod) && (pod.phase === 'Running' || pod.waiting.some((reason) => reason.includes('Pull')));
      pods = await podsWhen(platform, Object.keys(cases).map(nameOf), settled);
      requests = await readCreateRequests(platform.simulator);
      await product.kill('SIGTERM');
    });

    const find = <T>(found: ReadonlyMap<string, T>, name: string): T => {
      const value = found.get(nameOf(name));
      if (value === undefined) throw new Error(`nothing was seen of ${name}`);
      return value;
    };
    return { pod: (name) => find(pods, name), request: (name) => find(requests, name) };
  }
});
