import assert from 'node:assert/strict';
import { askAddress, askLeader } from '../../../../src/cli/helper/ask-helper.ts';
import { createKubeClient } from '../../../../src/kube/client.ts';
import type { ClosableKubeClient } from '../../../../src/kube/client.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { json, kubeConfigFor, startScriptedServer, status } from '../../../support/scripted-server.ts';
import type { Answer, ScriptedServer } from '../../../support/scripted-server.ts';

const lease = { namespace: 'kube-system', name: 'aliyun-acr-credential-helper' };
const leasePath = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/aliyun-acr-credential-helper';
const pods = '/api/v1/namespaces/kube-system/pods';
const helperStatus = {
  version: '0.1.0',
  role: 'leader',
  configuration: { state: 'complete', namespaces: 'all', serviceAccounts: ['default'], findings: [] },
  entries: [],
};

function pod(name: string, ports: object[] = [{ name: 'admin', containerPort: 10255 }]): object {
  return {
    metadata: { name, namespace: 'kube-system' },
    spec: { containers: [{ name: 'credential-helper', ports }] },
    status: { phase: 'Running' },
  };
}

function list(...items: object[]): Answer {
  return json(200, { metadata: { resourceVersion: '1' }, items });
}

describe('asking the credential helper', () => {
  let server: ScriptedServer;
  let client: ClosableKubeClient;
  let answers: Record<string, Answer>;

  beforeEach(async () => {
    answers = { [pods]: list() };
    server = await startScriptedServer((response, request) =>
      (answers[request.path] ?? status(404, 'NotFound'))(response, request),
    );
    client = createKubeClient({ kubeConfig: await kubeConfigFor(server.url), clock: new FakeClock() });
  });
  afterEach(async () => {
    await client.close();
    await server.close();
  });

  it('asks the Pod that holds the Lease, at its port called admin', async () => {
    answers[leasePath] = json(200, { spec: { holderIdentity: 'helper-1_5f0c' } });
    answers[`${pods}/helper-1`] = json(
      200,
      pod('helper-1', [{ containerPort: 9443 }, { name: 'admin', containerPort: 777 }]),
    );
    answers[`${pods}/helper-1:777/proxy/status`] = json(200, helperStatus);
    const answer = await askLeader(client, lease);
    assert.equal(answer.kind, 'answered');
    assert.equal(answer.from, 'Pod kube-system/helper-1');
    assert.equal(answer.status.role, 'leader');
  });

  it('asks another Pod of the helper when the leader is gone, and takes a follower for what it is', async () => {
    answers[leasePath] = json(200, { spec: { holderIdentity: 'gone_5f0c' } });
    answers[pods] = list(pod('helper-2'));
    answers[`${pods}/helper-2`] = json(200, pod('helper-2'));
    answers[`${pods}/helper-2:10255/proxy/status`] = json(200, {
      ...helperStatus,
      role: 'follower',
      leader: 'gone_5f0c',
    });
    const answer = await askLeader(client, lease);
    assert.equal(answer.kind, 'answered');
    assert.deepEqual([answer.status.role, answer.status.leader], ['follower', 'gone_5f0c']);
    const asked = server.requests.find(({ path }) => path === pods);
    assert.equal(asked?.query.get('labelSelector'), 'app.kubernetes.io/name=aliyun-acr-credential-helper');
  });

  const silences: Record<string, [answers: Record<string, Answer>, why: RegExp]> = {
    'there is no Lease': [{}, /there is no Lease kube-system\/aliyun-acr-credential-helper/],
    'nobody holds the Lease': [{ [leasePath]: json(200, { spec: { holderIdentity: '' } }) }, /nobody holds the Lease/],
    'the Lease may not be read': [{ [leasePath]: status(403, 'Forbidden') }, /403 Forbidden/],
    'the leader does not exist': [
      { [leasePath]: json(200, { spec: { holderIdentity: 'laptop_1' } }) },
      /said to be Pod kube-system\/laptop, which does not exist/,
    ],
    'the Pod has no such port': [
      { [leasePath]: json(200, { spec: { holderIdentity: 'a_1' } }), [`${pods}/a`]: json(200, pod('a', [])) },
      /no container port called admin/,
    ],
    'the proxy may not be used': [
      {
        [leasePath]: json(200, { spec: { holderIdentity: 'a_1' } }),
        [`${pods}/a`]: json(200, pod('a')),
        [`${pods}/a:10255/proxy/status`]: status(403, 'Forbidden'),
      },
      /the right to get pods\/proxy/,
    ],
    'something else answers': [
      {
        [leasePath]: json(200, { spec: { holderIdentity: 'a_1' } }),
        [`${pods}/a`]: json(200, pod('a')),
        [`${pods}/a:10255/proxy/status`]: json(200, { hello: 'world' }),
      },
      /is no credential helper/,
    ],
    'it answers with no JSON': [
      {
        [leasePath]: json(200, { spec: { holderIdentity: 'a_1' } }),
        [`${pods}/a`]: json(200, pod('a')),
        [`${pods}/a:10255/proxy/status`]: (response) => response.writeHead(200).end('<html>password</html>'),
      },
      /the answer is not JSON/,
    ],
  };
  for (const [name, [script, why]] of Object.entries(silences)) {
    it(`says why when ${name}`, async () => {
      Object.assign(answers, script);
      const answer = await askLeader(client, lease);
      assert.equal(answer.kind, 'silent');
      assert.match(answer.why, why);
      assert.doesNotMatch(answer.why, /password/);
    });
  }

  it('does not take an API server that knows nobody for a silent helper', async () => {
    answers[leasePath] = status(401, 'Unauthorized');
    await assert.rejects(askLeader(client, lease), { code: 'Kube.Unauthorized' });
  });
});

describe('asking an address', () => {
  const urls: Record<string, string> = {
    'http://127.0.0.1:10255': 'http://127.0.0.1:10255/status',
    '127.0.0.1:10255': 'http://127.0.0.1:10255/status',
    'https://proxy.example/helper/status': 'https://proxy.example/helper/status',
    'http://[::1]:10255/': 'http://[::1]:10255/status',
  };
  for (const [from, url] of Object.entries(urls)) {
    it(`understands ${from}`, async () => {
      const asked: string[] = [];
      const answer = await askAddress(from, async (address) => {
        asked.push(address);
        return helperStatus;
      });
      assert.deepEqual(asked, [url]);
      assert.equal(answer.kind, 'answered');
    });
  }

  it('says why there was no answer', async () => {
    const refused = new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED 127.0.0.1:1') });
    const answer = await askAddress('127.0.0.1:1', () => Promise.reject(refused));
    assert.deepEqual(answer, {
      kind: 'silent',
      why: 'http://127.0.0.1:1/status: fetch failed: connect ECONNREFUSED 127.0.0.1:1',
    });
    assert.match(JSON.stringify(await askAddress('http://', async () => ({}))), /is no address/);
  });
});
