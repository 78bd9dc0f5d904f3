import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import nock from 'nock';
import { createCrClient } from '../../../src/alibaba/cr.ts';
import { classify } from '../../../src/alibaba/error-classes.ts';
import { AlibabaCloudError } from '../../../src/alibaba/errors.ts';
import { toCredentialError } from '../../../src/credentials/errors.ts';
import { sessionKey, testCaller } from './cloud-caller-fixture.ts';
import { answerWithNockOnly } from '../../support/nock-only.ts';

const ORIGIN = 'http://cr.cn-beijing.test:8080';
const target = { caller: sessionKey, regionId: 'cn-beijing' };
const instance = { ...target, instanceId: 'cri-1' };
const MARK = 'CANARY-BODY';

function setUp() {
  return createCrClient({ ...testCaller(), endpoint: { override: 'http://cr.{region}.test:8080' }, userAgent: 'test' });
}

const questions = {
  'the password of an instance': () => setUp().instancePassword(instance),
  'the password of Personal Edition': () => setUp().personalPassword(target),
  'the domains of an instance': () => setUp().instanceDomains(instance),
};

interface Answer {
  status?: number;
  body: string;
  contentType?: string;
  code: string;
  class: ReturnType<typeof classify>;
}

const JSON_TYPE = 'application/json';
const page = `<html><body><h1>502 ${MARK}</h1></body></html>`;

/** Answers to each of the questions, and what is made of them. */
const answers: Record<string, Answer> = {
  'a page of a gateway': {
    status: 502,
    body: page,
    contentType: 'text/html',
    code: 'Local.BadAnswer',
    class: 'transient',
  },
  'a page with HTTP 200': { body: page, contentType: 'text/html', code: 'Local.BadAnswer', class: 'transient' },
  'a page that says it is JSON': { body: page, code: 'Local.BadAnswer', class: 'transient' },
  'a refusal page': { status: 403, body: page, contentType: 'text/html', code: 'Local.BadAnswer', class: 'transient' },
  'truncated JSON': {
    body: `{"IsSuccess":true,"TempUsername":"u","AuthorizationToken":"${MARK}`,
    code: 'Local.BadAnswer',
    class: 'transient',
  },
  'nothing at all': { body: '', code: 'Local.BadAnswer', class: 'transient' },
  'JSON that is no object': { body: `["${MARK}"]`, code: 'Local.BadAnswer', class: 'transient' },
  'the JSON of somebody else': { body: `{"hello":"${MARK}"}`, code: 'Local.BadAnswer', class: 'transient' },
  'IsSuccess false without a code': {
    body: `{"IsSuccess":false,"Note":"${MARK}"}`,
    code: 'Local.BadAnswer',
    class: 'transient',
  },
  'IsSuccess false': {
    body: `{"IsSuccess":false,"Code":"INSTANCE_NOT_EXIST","RequestId":"R-1","Note":"${MARK}"}`,
    code: 'INSTANCE_NOT_EXIST',
    class: 'permanent',
  },
  'IsSuccess false as text, with a code that nobody knows': {
    body: `{"IsSuccess":"false","Code":"SOMETHING_NEW","RequestId":"R-1","Note":"${MARK}"}`,
    code: 'SOMETHING_NEW',
    class: 'permanent',
  },
  'a refusal without permission': {
    status: 403,
    body: `{"Code":"NoPermission","RequestId":"R-1","Note":"${MARK}"}`,
    code: 'NoPermission',
    class: 'permission',
  },
};

describe('unusable answers of Container Registry', () => {
  answerWithNockOnly();

  for (const [question, ask] of Object.entries(questions)) {
    for (const [name, { status = 200, body, contentType = JSON_TYPE, code, class: expected }] of Object.entries(
      answers,
    )) {
      it(`${question}: ${name} is ${code}, and nothing of it is repeated`, async () => {
        nock(ORIGIN)
          .persist()
          .intercept(/.*/, 'GET')
          .reply(status, body, { 'content-type': contentType })
          .intercept(/.*/, 'POST')
          .reply(status, body, { 'content-type': contentType });
        const error = await ask().then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        assert.ok(error instanceof AlibabaCloudError, inspect(error));
        assert.deepEqual([error.code, classify(error)], [code, expected]);
        const told = toCredentialError(error, { number: 1, name: 'registry password', caller: 'worker role' });
        for (const shown of [error, told]) assert.doesNotMatch(inspect(shown, { depth: 9 }), /CANARY|html/);
      });
    }
  }
});
