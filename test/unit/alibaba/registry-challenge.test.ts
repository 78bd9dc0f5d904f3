import assert from 'node:assert/strict';
import { parseRegistryChallenge } from '../../../src/alibaba/registry-challenge.ts';
import type { RegistryChallenge } from '../../../src/credentials/types.ts';

const realm = 'https://dockerauth.cn-hangzhou.aliyuncs.com/auth';
const enterprise = 'registry.aliyuncs.com:cn-hangzhou:china:cri-abc123';

describe('challenge of a registry', () => {
  const cases: Record<string, [header: string, expected: RegistryChallenge | undefined]> = {
    'names the Enterprise instance': [
      `Bearer realm="${realm}",service="${enterprise}"`,
      { realm, service: enterprise, regionId: 'cn-hangzhou', instanceId: 'cri-abc123' },
    ],
    'is read with other spacing, case and order': [
      `bearer  SERVICE="${enterprise}" , scope="a,b", realm="${realm}"`,
      { realm, service: enterprise, regionId: 'cn-hangzhou', instanceId: 'cri-abc123' },
    ],
    'may have parts after the instance': [
      `Bearer realm="${realm}",service="${enterprise}:extra"`,
      { realm, service: `${enterprise}:extra`, regionId: 'cn-hangzhou', instanceId: 'cri-abc123' },
    ],
    'of the Personal Edition names no instance': [
      `Bearer realm="${realm}",service="registry.aliyuncs.com:cn-shanghai:26842"`,
      { realm, service: 'registry.aliyuncs.com:cn-shanghai:26842', regionId: 'cn-shanghai' },
    ],
    'of another registry is not ours': [
      'Bearer realm="https://auth.docker.io/token",service="registry.docker.io"',
      undefined,
    ],
    'that only resembles ours is not ours': [
      `Bearer realm="${realm}",service="evil.registry.aliyuncs.com:cn-hangzhou:cri-a"`,
      undefined,
    ],
    'with an instance of the wrong form names none': [
      `Bearer realm="${realm}",service="registry.aliyuncs.com:cn-hangzhou:cri-A/B"`,
      { realm, service: 'registry.aliyuncs.com:cn-hangzhou:cri-A/B', regionId: 'cn-hangzhou' },
    ],
    'without a realm is none': [`Bearer service="${enterprise}"`, undefined],
    'of another scheme is none': ['Basic realm="x"', undefined],
    'that is empty is none': ['', undefined],
  };
  for (const [name, [header, expected]] of Object.entries(cases)) {
    it(name, () => assert.deepEqual(parseRegistryChallenge(header), expected));
  }

  it('cannot be replaced by a second service in the same header', () => {
    const header = `Bearer realm="${realm}",service="${enterprise}",service="registry.aliyuncs.com:x:cri-other"`;
    assert.equal(parseRegistryChallenge(header)?.instanceId, 'cri-abc123');
  });
});
