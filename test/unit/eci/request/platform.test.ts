import assert from 'node:assert/strict';
import { translatePlatform } from '../../../../src/eci/request/platform.ts';
import { aPod } from '../../../support/pod-builder.ts';

const onArch = (architecture: string) => aPod({ spec: { nodeSelector: { 'kubernetes.io/arch': architecture } } });

describe('translatePlatform', () => {
  it('leaves the default to the service', () => {
    assert.deepEqual(translatePlatform(aPod()), {});
  });

  it('gives Pods the architecture of the node', () => {
    assert.deepEqual(translatePlatform(aPod(), 'arm64'), { cpuArchitecture: 'ARM64' });
  });

  it('lets the node selector of the Pod win', () => {
    assert.deepEqual(translatePlatform(onArch('amd64'), 'arm64'), {});
    assert.deepEqual(translatePlatform(onArch('arm64'), 'amd64'), { cpuArchitecture: 'ARM64' });
  });

  it('reads Windows from the Pod or its node selector', () => {
    assert.deepEqual(translatePlatform(aPod({ spec: { os: { name: 'windows' } } })), { osType: 'Windows' });
    const selected = aPod({ spec: { nodeSelector: { 'kubernetes.io/os': 'windows' } } });
    assert.deepEqual(translatePlatform(selected), { osType: 'Windows' });
  });
});
