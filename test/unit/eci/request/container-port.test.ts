import assert from 'node:assert/strict';
import { containerPort } from '../../../../src/eci/request/container-port.ts';
import { aContainer } from '../../../support/pod-builder.ts';

describe('the port of a probe or handler', () => {
  const container = aContainer({ ports: [{ containerPort: 9090 }, { name: 'http', containerPort: 8080 }] });
  const cases: Record<string, [asked: string | number, port: number | undefined]> = {
    'is a number as it stands, declared or not': [7070, 7070],
    'is found by its name': ['http', 8080],
    'may be a number in words': ['9090', 9090],
    'is unknown by a name that the container does not declare': ['metrics', undefined],
  };
  for (const [sentence, [asked, port]] of Object.entries(cases)) {
    it(sentence, () => assert.equal(containerPort(container, asked), port));
  }
});
