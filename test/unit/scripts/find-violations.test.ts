import assert from 'node:assert/strict';
import { findViolations } from '../../../scripts/check/find-violations.ts';

describe('findViolations', () => {
  const refused: Record<string, [file: string, line: string, message: RegExp]> = {
    'the cloud importing Kubernetes': [
      'src/alibaba/a.ts',
      "import { x } from '../kube/client.ts';",
      /know no Kubernetes/,
    ],
    'Kubernetes importing the cloud': [
      'src/kube/a.ts',
      "import type { X } from '../alibaba/eci.ts';",
      /knows no cloud/,
    ],
    'the node importing ECI': ['src/node/a.ts', "import { x } from '../eci/provider.ts';", /PodProvider/],
    'the node importing an SDK at run time': [
      'src/node/a.ts',
      "  await import('@alicloud/eci20180808')",
      /PodProvider/,
    ],
    'credentials importing a client': ['src/credentials/a.ts', "import { x } from '../alibaba/sts.ts';", /interfaces/],
    'a decision importing the file system': [
      'src/annotations/a.ts',
      "import { readFile } from 'node:fs/promises';",
      /apart from I/,
    ],
    'a decision importing undici': ['src/eci/request/a.ts', "import { request } from 'undici';", /apart from I/],
    'the product importing the simulator': [
      'src/eci/a.ts',
      "import { x } from '../../simulator/clock.ts';",
      /what tests it/,
    ],
    'the product importing tests': ['src/a.ts', "import '../test/support/a.ts';", /what tests it/],
    'the simulator importing the code it judges': [
      'simulator/a.ts',
      "import { x } from '../src/alibaba/scrub.ts';",
      /mistakes/,
    ],
    'a part importing a piece of the whole': [
      'src/eci/a.ts',
      "import type { Base } from '../app/base.ts';",
      /app\.ts alone/,
    ],
    'a part importing the whole': ['src/node/a.ts', "import { runApp } from '../app.ts';", /app\.ts alone/],
    'a layer importing the command line': ['src/eci/a.ts', "import { x } from '../cli/exit-code.ts';", /outermost/],
    'a file outside the repository': ['src/a.ts', "import { x } from '../../shared/a.ts';", /outside the repository/],
    'a folder of one machine in code': ['test/a.ts', "const file = '/home/somebody/file';", /path of one machine/],
    'a folder of one machine in a page': ['docs/a.md', 'Run /work/build/run.', /path of one machine/],
  };
  for (const [name, [file, line, message]] of Object.entries(refused)) {
    it(`refuses ${name}, with file and line`, () => {
      const [violation, ...more] = findViolations(file, `\n${line}\n`);
      assert.equal(violation?.file, file);
      assert.equal(violation?.line, 2);
      assert.match(violation?.message ?? '', message);
      assert.equal(more.length, 0);
    });
  }

  const accepted: Record<string, [file: string, line: string]> = {
    'credentials naming cloud errors': ['src/credentials/a.ts', "import type { X } from '../alibaba/errors.ts';"],
    'a decision using types of Kubernetes': ['src/eci/request/a.ts', "import type { Pod } from '../../kube/types.ts';"],
    'a piece of the whole knowing everything': ['src/app/a.ts', "import { x } from '../alibaba/eci.ts';"],
    'app.ts built of its pieces': ['src/app.ts', "import { x } from './app/a.ts';"],
    'app.ts knowing everything': ['src/app.ts', "import { x } from './alibaba/eci.ts';"],
    'the command line starting the application': ['src/cli/run.ts', "const { runApp } = await import('../app.ts');"],
    'the entry point running the command line': ['src/main.ts', "await import('./cli/program.ts');"],
    'the simulator using the clock': ['simulator/a.ts', "import type { Clock } from '../src/clock.ts';"],
    'paths inside a container': ['docs/a.md', 'The file is /etc/eci-kubelet/config.yaml.'],
    addresses: ['docs/a.md', 'See https://example.com/home/page.'],
  };
  for (const [name, [file, line]] of Object.entries(accepted)) {
    it(`accepts ${name}`, () => assert.deepEqual(findViolations(file, line), []));
  }
});
