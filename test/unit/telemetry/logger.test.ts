import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import * as fc from 'fast-check';
import { scrub } from '../../../src/alibaba/scrub.ts';
import { AlibabaCloudError } from '../../../src/alibaba/errors.ts';
import { EciKubeletError } from '../../../src/errors.ts';
import { Secret } from '../../../src/secret.ts';
import { createLogger, type LoggerOptions } from '../../../src/telemetry/logger.ts';
import { createRedactor } from '../../../src/telemetry/redact.ts';
import { settle } from '../../support/fake-clock.ts';

async function setUp(options: Partial<LoggerOptions> = {}) {
  const stream = new PassThrough();
  const log = await createLogger({ level: 'info', format: 'json', stream, scrub, ...options });
  const text = async (): Promise<string> => {
    await settle();
    return String(stream.read() ?? '');
  };
  const line = async (): Promise<Record<string, unknown>> => JSON.parse(await text()) as Record<string, unknown>;
  return { log, text, line };
}

describe('logger', () => {
  it('writes one JSON object per line with time, level, message and fields', async () => {
    const { log, line } = await setUp();
    log
      .child({ pod: 'default/web' })
      .info('Container group created', { containerGroupId: 'eci-1', missing: undefined });
    const { timestamp, ...others } = await line();
    assert.match(String(timestamp), /^\d{4}-/);
    assert.deepEqual(others, {
      level: 'info',
      message: 'Container group created',
      pod: 'default/web',
      containerGroupId: 'eci-1',
    });
  });

  it('does not let a field replace the message or the level', async () => {
    const { log, line } = await setUp();
    log.warn('Real message', { message: 'other', level: 'debug' });
    const { level, message, message_, level_ } = await line();
    assert.deepEqual([level, message, message_, level_], ['warn', 'Real message', 'other', 'debug']);
  });

  it('writes text for people', async () => {
    const { log, text } = await setUp({ format: 'text' });
    log.error('It failed', { pod: 'default/web', reason: 'two words' });
    assert.match(await text(), /^\S+ ERROR It failed pod=default\/web reason="two words"\n$/);
  });

  it('is silent below its level', async () => {
    const { log, text } = await setUp({ level: 'warn' });
    log.info('nothing');
    assert.deepEqual([await text(), log.isDebugEnabled()], ['', false]);
    assert.equal((await setUp({ level: 'debug' })).log.isDebugEnabled(), true);
  });

  it('writes errors with code, action, request id and cause', async () => {
    const { log, line } = await setUp();
    const cause = new AlibabaCloudError({
      code: 'NoPermission',
      action: 'AssumeRole',
      message: 'refused',
      httpStatus: 403,
      requestId: 'R-1',
    });
    log.error('Chain failed', { error: new EciKubeletError('ChainFailed', 'no password', { cause }) });
    const error = (await line())['error'] as Record<string, Record<string, unknown>>;
    assert.equal(error['code'], 'ChainFailed');
    const { stack, ...inner } = error['cause'] ?? {};
    assert.ok(Array.isArray(stack));
    assert.deepEqual(inner, {
      name: 'AlibabaCloudError',
      code: 'NoPermission',
      action: 'AssumeRole',
      message: 'refused',
      httpStatus: 403,
      requestId: 'R-1',
    });
  });

  it('lets no secret out, whatever field it hides in and at whatever depth', async () => {
    const { log, text } = await setUp({ level: 'debug' });
    const canary = 'K9canary7Qz';
    const circle: Record<string, unknown> = { password: canary };
    circle['self'] = circle;
    log.debug(`POST http://h/?SecurityToken=${canary} failed`, {
      accessKeySecret: canary,
      nested: {
        list: [{ SecurityToken: canary }, { 'x-acs-security-token': canary }],
        Authorization: `Bearer ${canary}`,
      },
      wrapped: new Secret(canary),
      map: new Map([['password', canary]]),
      request: { imageRegistryCredential: [{ password: canary }], environmentVar: [{ key: 'DB', value: canary }] },
      error: new Error(`GET /?OIDCToken=${canary}`, { cause: new Error(`{"password":"${canary}"}`) }),
      '.dockerconfigjson': canary,
      circle,
    });
    assert.doesNotMatch(await text(), new RegExp(canary));
  });
});

describe('redaction', () => {
  it('keeps what identifies a request', () => {
    const fields = {
      clientToken: 'uid-c1',
      nextToken: 'n',
      requestId: 'R',
      containerGroupId: 'eci-1',
      action: 'AssumeRole',
      tokens: 3,
    };
    assert.deepEqual(createRedactor(scrub)(fields), fields);
  });

  it('makes JSON of anything', () => {
    const redact = createRedactor(scrub);
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }),
        (value) => {
          JSON.stringify(redact(value));
        },
      ),
      { numRuns: 100 },
    );
  });
});
