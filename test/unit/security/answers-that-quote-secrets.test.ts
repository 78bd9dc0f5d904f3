import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { inspect } from 'node:util';
import type { CreateContainerGroupRequest } from '../../../src/alibaba/eci-requests.ts';
import { createEciClient } from '../../../src/alibaba/eci.ts';
import { parseContainerGroupStatus } from '../../../src/alibaba/eci-status-wire.ts';
import { parseContainerGroup, parseImageCache } from '../../../src/alibaba/eci-wire.ts';
import { scrub } from '../../../src/alibaba/scrub.ts';
import { WireObject } from '../../../src/alibaba/wire-object.ts';
import { reportCrash } from '../../../src/cli/report-crash.ts';
import { classifyFailure } from '../../../src/eci/create/classify-failure.ts';
import { createKubeClient } from '../../../src/kube/client.ts';
import { requestToken } from '../../../src/kube/token-request.ts';
import { Secret } from '../../../src/secret.ts';
import { createLogger } from '../../../src/telemetry/logger.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { kubeConfigFor, startScriptedServer, type Answer, type ScriptedServer } from '../../support/scripted-server.ts';
import { testCaller } from '../alibaba/cloud-caller-fixture.ts';

const CANARY = 'CANARY-7f3a';
const TOKEN_OF_POD = `not-a-jwt/${CANARY}+short`;

/** Everything that a log collector sees of an error, at every level, and everything that users do. */
async function printed(error: unknown): Promise<string> {
  let text = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  for (const format of ['json', 'text'] as const) {
    const logger = await createLogger({ level: 'debug', format, stream, scrub });
    logger.debug('it failed', { error, again: { error: [error] } });
    logger.error('it failed', { error });
  }
  await new Promise((resolve) => setImmediate(resolve));
  const stderr = { write: (line: string) => (text += line) };
  reportCrash(error, stderr);
  return `${text}${JSON.stringify(classifyFailure(error))}`;
}

function raw(...lines: string[]): Answer {
  return (response) => {
    response.socket?.end(lines.join('\r\n'));
  };
}

describe('an answer of the API server that holds a secret', () => {
  let server: ScriptedServer;

  afterEach(async () => {
    await server.close();
  });

  async function failureOf(answer: Answer, kind: 'get' | 'list' | 'token' = 'get'): Promise<unknown> {
    server = await startScriptedServer(answer);
    const client = createKubeClient({
      kubeConfig: await kubeConfigFor(server.url, `token-${CANARY}`),
      clock: new FakeClock(),
      callTimeoutMs: 1,
      scrub,
    });
    const calls = {
      get: () => client.get('/api/v1/namespaces/a/secrets/b'),
      list: () => client.list('/api/v1/namespaces/a/secrets'),
      token: () =>
        requestToken(client, {
          namespace: 'a',
          serviceAccount: 'b',
          audiences: [],
          expirationSeconds: 3607,
          podName: 'p',
          podUid: 'u',
        }),
    };
    const error: unknown = await calls[kind]().then(
      () => assert.fail('it succeeded'),
      (caught: unknown) => caught,
    );
    await client.close();
    return error;
  }

  const send =
    (status: number, body: string): Answer =>
    (response) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  const cases: Readonly<Record<string, [Answer, ('get' | 'list' | 'token')?]>> = {
    'JSON that breaks off': [send(200, `{"data":{"a":"${CANARY}`)],
    'text instead of JSON': [send(200, CANARY)],
    'text instead of a list': [send(200, CANARY), 'list'],
    'a list that breaks off': [send(200, `{"items":[{"a":"${CANARY}"}`), 'list'],
    'a token in the wrong place': [send(201, `{"status":{"tokens":"${CANARY}"}}`), 'token'],
    'bytes that are not HTTP': [raw('HTTP/1.1 200 OK', 'content-length: nonsense', '', CANARY)],
    'a body after the end': [raw('HTTP/1.1 200 OK', 'content-length: 2', 'transfer-encoding: chunked', '', CANARY)],
    'a refusal that repeats the header': [
      send(403, JSON.stringify({ kind: 'Status', reason: 'Forbidden', message: `Authorization: Bearer ${CANARY}` })),
    ],
    'a page of a proxy that repeats the header': [send(502, `<html>Authorization: Bearer token-${CANARY}</html>`)],
    'a refusal that repeats a docker configuration': [
      send(
        422,
        JSON.stringify({
          kind: 'Status',
          reason: 'Invalid',
          message: `Invalid value: "{\\"auths\\":{\\"a\\":{\\"password\\":\\"${CANARY}\\"}}}"`,
          details: { causes: [{ message: `password=${CANARY}`, field: 'data' }] },
        }),
      ),
    ],
  };
  for (const [name, [answer, kind]] of Object.entries(cases)) {
    it(`is not printed: ${name}`, async () => {
      const text = await printed(await failureOf(answer, kind));
      assert.ok(!text.includes('CANARY'), text);
    });
  }

  it('is not taken for a token when there is none in it', async () => {
    assert.match(inspect(await failureOf(send(201, '{"status":{"token":""}}'), 'token')), /Kube\.BadAnswer/);
  });
});

describe('an answer of the cloud that repeats the request', () => {
  let server: ScriptedServer;

  afterEach(async () => {
    await server.close();
  });

  const password = `${CANARY}/p w+d&<"é">=`;
  const request: CreateContainerGroupRequest = {
    regionId: 'cn-hangzhou',
    containerGroupName: 'web',
    clientToken: 't',
    vSwitchId: 'vsw-1',
    securityGroupId: 'sg-1',
    container: [{ name: 'app', image: 'a.example.com/app' }],
    imageRegistryCredential: [{ server: 'a.example.com', userName: 'u', password: new Secret(password) }],
    volume: [
      {
        name: 'v',
        type: 'ConfigFileVolume',
        configFileVolume: {
          configFileToPath: [{ path: 'token', content: Buffer.from(TOKEN_OF_POD).toString('base64') }],
        },
      },
    ],
  };
  const lowerCase = (text: string): string => text.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase());
  const echoes: Readonly<Record<string, (url: string, body: string) => string>> = {
    'the query': (url, body) => `refused: ${url} ${body}`,
    'the query in small letters': (url, body) => `value ${lowerCase(`${url} ${body}`).replaceAll(/[?&]/g, ' ')}`,
    'the parameters one by one': (url, body) => `${url}&${body}`.replaceAll(/[?&=]/g, ' '),
    'the decoded parameters': (url, body) =>
      decodeURIComponent(`${url}&${body}`.replaceAll('+', ' ').replaceAll('=', ' is ')),
    'the decoded content of files': () => `Content ${TOKEN_OF_POD} is not allowed`,
    'the password as a form writes it': () => `value ${new URLSearchParams({ a: password }).toString().slice(2)}`,
  };
  for (const parameters of ['query', 'form'] as const) {
    for (const [name, echo] of Object.entries(echoes)) {
      it(`tells no secret although it quotes ${name} (${parameters})`, async () => {
        server = await startScriptedServer((response, seen) => {
          const Message = echo(`/?${seen.query.toString()}`, seen.body);
          response.writeHead(400, { 'content-type': 'application/json' });
          response.end(JSON.stringify({ Code: 'InvalidParameter', Message, RequestId: 'r-1' }));
        });
        const eci = createEciClient({
          call: testCaller().call,
          identity: {
            description: 'access key LTAI',
            accessKey: async () => ({
              accessKeyId: 'LTAI-test',
              accessKeySecret: new Secret(`${CANARY}-secret`),
              securityToken: new Secret(`${CANARY}-token/+=`),
            }),
          },
          regionId: 'cn-hangzhou',
          endpoint: { override: server.url },
          userAgent: 'test',
          parameters,
        });
        const error: unknown = await eci.createContainerGroup(request).then(
          () => assert.fail('it succeeded'),
          (caught: unknown) => caught,
        );
        const text = await printed(error);
        assert.ok(!text.includes('CANARY'), text);
        assert.ok(!text.includes(Buffer.from(TOKEN_OF_POD).toString('base64').slice(0, 24)), text);
      });
    }
  }
});

describe('what the cloud says about a pull', () => {
  const group = (container: object) =>
    new WireObject({ ContainerGroupId: 'eci-1', Containers: [{ Name: 'a', ...container }] });
  const status = (container: object) =>
    new WireObject({ ContainerGroupId: 'eci-1', PodStatus: { ContainerStatuses: [{ Name: 'a', ...container }] } });
  const message = `Get "https://a.oss-cn-hangzhou.aliyuncs.com/layer?Expires=1&OSSAccessKeyId=x&Signature=${CANARY}": timeout`;

  const places: Readonly<Record<string, (text: string) => unknown>> = {
    'the reason why a container waits': (text) =>
      parseContainerGroup(group({ CurrentState: { State: 'Waiting', Reason: 'ErrImagePull', Message: text } })),
    'the same as the status action tells it': (text) =>
      parseContainerGroupStatus(status({ State: { Waiting: { Reason: 'ErrImagePull', Message: text } } })),
    'a condition': (text) =>
      parseContainerGroupStatus(
        new WireObject({ ContainerGroupId: 'eci-1', PodStatus: { Conditions: [{ type: 'A', message: text }] } }),
      ),
    'an event of a group': (text) =>
      parseContainerGroup(new WireObject({ ContainerGroupId: 'eci-1', Events: [{ Message: text }] })),
    'an event of an image cache': (text) =>
      parseImageCache(new WireObject({ ImageCacheId: 'imc-1', Events: [{ Message: text }] })),
  };
  for (const [place, read] of Object.entries(places)) {
    it(`is told without the signature: ${place}`, () => {
      const told = JSON.stringify(read(message));
      assert.match(told, /oss-cn-hangzhou.*timeout/);
      assert.ok(!told.includes(CANARY), told);
    });
  }

  it('leaves the last words of a container as they are', () => {
    const words = 'password: shown on purpose';
    const wanted = JSON.stringify(words);
    const one = parseContainerGroup(group({ CurrentState: { State: 'Terminated', Message: words } }));
    const other = parseContainerGroupStatus(status({ State: { Terminated: { Message: words } } }));
    assert.ok(JSON.stringify(one).includes(wanted) && JSON.stringify(other).includes(wanted));
  });
});

describe('an error that nobody caught', () => {
  it('is told without what it carries', () => {
    let text = '';
    const stderr = { write: (line: string) => (text += line) };
    const cause = Object.assign(new Error(`POST https://eci.aliyuncs.com/?AccessKeyId=a&SecurityToken=${CANARY}`), {
      config: { headers: { authorization: CANARY } },
    });
    const error: Error = Object.assign(new Error('it broke', { cause }), { data: CANARY });
    reportCrash(error, stderr);
    reportCrash({ token: CANARY }, stderr);
    reportCrash(`token=${CANARY}`, stderr);
    const circular = new Error('again');
    circular.cause = circular;
    reportCrash(circular, stderr);
    assert.match(text, /it broke[\s\S]*caused by Error: POST https/);
    assert.ok(!text.includes(CANARY), text);
  });
});

describe('a log line', () => {
  it('carries no bytes and no control characters', async () => {
    let text = '';
    const stream = new Writable({
      write(chunk, _encoding, done) {
        text += String(chunk);
        done();
      },
    });
    const logger = await createLogger({ level: 'info', format: 'text', stream, scrub });
    logger.info('read', { body: Buffer.from(CANARY), array: new Uint8Array(3), name: 'a\u001b[2J\u009b2Jb' });
    await new Promise((resolve) => setImmediate(resolve));
    assert.match(text, /body=\[binary\] array=\[binary\]/);
    assert.ok(!text.includes('\u001b') && !text.includes('67'), JSON.stringify(text));
  });
});
