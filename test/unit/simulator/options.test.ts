import assert from 'node:assert/strict';
import { describeAddresses } from '../../../simulator/describe-addresses.ts';
import { parseOptions, usage } from '../../../simulator/options.ts';

describe('options of the eci-simulator command', () => {
  it('have defaults', () => {
    assert.deepEqual(parseOptions([]), {
      port: 18_080,
      host: '127.0.0.1',
      registryPort: 0,
      latencyMs: 0,
      runContainers: false,
    });
  });

  it('are read', () => {
    const args = [
      '--port',
      '0',
      '--fixture',
      'my.yaml',
      '--latency-ms',
      '20',
      '--data-dir',
      '/data',
      '--run-containers',
    ];
    assert.deepEqual(parseOptions(args), {
      port: 0,
      host: '127.0.0.1',
      registryPort: 0,
      latencyMs: 20,
      fixture: 'my.yaml',
      dataDir: '/data',
      runContainers: true,
    });
  });

  const refused: Record<string, string[]> = {
    'a port that is no number': ['--port', 'x'],
    'a port that is too large': ['--port', '65536'],
    'a negative latency': ['--latency-ms=-1'],
    'an unknown option': ['--fixtures', 'x'],
    'an argument': ['start'],
  };
  for (const [what, args] of Object.entries(refused)) {
    it(`refuse ${what}`, () => assert.throws(() => parseOptions(args), TypeError));
  }

  it('are all in the help', () => {
    assert.equal(parseOptions(['--help']), 'help');
    for (const name of [
      '--port',
      '--host',
      '--registry-port',
      '--fixture',
      '--latency-ms',
      '--data-dir',
      '--run-containers',
    ]) {
      assert.ok(usage.includes(`${name} `), name);
    }
  });
});

describe('addresses that are printed', () => {
  it('are options of eci-kubelet, then other regions as comments, then a line that says ready', () => {
    const text = describeAddresses({
      fixture: { regionId: 'cn-hangzhou', accounts: [] },
      addresses: {
        url: 'http://127.0.0.1:1',
        regionUrls: { 'cn-hangzhou': 'http://127.0.0.1:1', 'cn-beijing': 'http://127.0.0.1:2' },
      },
      registryUrl: 'http://127.0.0.1:3',
    });
    const lines = text.trimEnd().split('\n');
    assert.deepEqual(
      lines.filter((line) => line.startsWith('--')),
      [
        '--region-id cn-hangzhou',
        '--eci-endpoint http://127.0.0.1:1',
        '--sts-endpoint http://127.0.0.1:1',
        '--cr-endpoint http://127.0.0.1:1',
        '--metadata-endpoint http://127.0.0.1:1',
        '--registry-endpoint http://127.0.0.1:3',
      ],
    );
    assert.ok(lines.includes('#   cn-beijing http://127.0.0.1:2'));
    assert.equal(lines.at(-1), 'ready');
  });
});
