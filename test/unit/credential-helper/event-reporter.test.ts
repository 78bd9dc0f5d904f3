import assert from 'node:assert/strict';
import { EventReporter } from '../../../src/credential-helper/event-reporter.ts';
import type { EventTarget } from '../../../src/kube/types.ts';
import { noLog } from '../../../src/telemetry/types.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const CONFIG: EventTarget = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'kube-system', name: 'acr', uid: 'u-1' };
const SECRET: EventTarget = { apiVersion: 'v1', kind: 'Secret', namespace: 'team-a', name: 's', uid: 'u-2' };
const TEN_MINUTES = 600_000;

function setUp(seen = true) {
  const clock = new FakeClock();
  const emitted: string[] = [];
  const lines: string[] = [];
  let target = seen ? CONFIG : undefined;
  const write = (message: string, fields?: object): void =>
    void lines.push(`${message} ${JSON.stringify(fields ?? {})}`);
  const reporter = new EventReporter({
    recorder: { emit: (at, type, reason, message) => emitted.push(`${at.name} ${type} ${reason} ${message}`) },
    configTarget: () => target,
    clock,
    logger: { ...noLog, info: write, warn: write },
  });
  return { clock, emitted, lines, reporter, see: (uid = 'u-1') => (target = { ...CONFIG, uid }) };
}

describe('EventReporter', () => {
  it('tells with the type that the table of reasons gives', () => {
    const { reporter, emitted } = setUp();
    reporter.aboutConfig({ reason: 'ConfigWarning', message: 'odd' });
    reporter.aboutConfig({ reason: 'CredentialsRefreshed', message: 'good' });
    reporter.on(SECRET, { reason: 'SecretConflict', message: 'foreign' });
    assert.deepEqual(emitted, [
      'acr Warning ConfigWarning odd',
      'acr Normal CredentialsRefreshed good',
      's Warning SecretConflict foreign',
    ]);
  });

  it('tells the same thing again only after ten minutes', async () => {
    const { reporter, emitted, clock } = setUp();
    const report = { reason: 'ConfigWarning', message: 'odd' } as const;
    reporter.aboutConfig(report);
    await clock.advance(TEN_MINUTES - 1);
    reporter.aboutConfig(report);
    assert.equal(emitted.length, 1);
    await clock.advance(1);
    reporter.aboutConfig(report);
    assert.equal(emitted.length, 2);
  });

  it('takes messages for the same where they are said to be', () => {
    const { reporter, emitted } = setUp();
    for (const id of ['R1', 'R2']) {
      reporter.aboutConfig({ reason: 'CredentialFetchFailed', message: `failed (${id})`, sameAs: 'failed' });
    }
    assert.deepEqual(emitted, ['acr Warning CredentialFetchFailed failed (R1)']);
  });

  it('tells each object for itself', () => {
    const { reporter, emitted } = setUp();
    for (const uid of ['a', 'b', 'a'])
      reporter.on({ ...SECRET, uid }, { reason: 'SecretConflict', message: 'foreign' });
    assert.equal(emitted.length, 2);
  });

  it('tells again after the clock was set back', () => {
    const { reporter, emitted, clock } = setUp();
    reporter.aboutConfig({ reason: 'ConfigWarning', message: 'odd' });
    clock.jump(-3_600_000);
    reporter.aboutConfig({ reason: 'ConfigWarning', message: 'odd' });
    assert.equal(emitted.length, 2);
  });

  it('keeps what is about a configuration that was not seen yet, and logs it at once', () => {
    const { reporter, emitted, lines, see } = setUp(false);
    reporter.aboutConfig({ reason: 'ConfigWarning', message: 'one' });
    reporter.aboutConfig({ reason: 'ConfigWarning', message: 'one' });
    reporter.aboutConfig({ reason: 'ConfigWarning', message: 'two' });
    reporter.deliver();
    assert.deepEqual(emitted, []);
    assert.equal(lines.length, 2);
    see();
    reporter.deliver();
    reporter.deliver();
    assert.deepEqual(emitted, ['acr Warning ConfigWarning one', 'acr Warning ConfigWarning two']);
    assert.equal(lines.length, 2, 'not logged twice');
  });

  it('tells what waited before what is new, also when nobody says that the configuration was seen', () => {
    const { reporter, emitted, see } = setUp(false);
    reporter.aboutConfig({ reason: 'ConfigWarning', message: 'old' });
    see();
    reporter.aboutConfig({ reason: 'ConfigWarning', message: 'new' });
    assert.deepEqual(emitted, ['acr Warning ConfigWarning old', 'acr Warning ConfigWarning new']);
  });

  it('keeps the newest of a flood', () => {
    const { reporter, emitted, see } = setUp(false);
    for (let n = 0; n < 150; n += 1) reporter.aboutConfig({ reason: 'ConfigWarning', message: `${n}` });
    see();
    reporter.deliver();
    assert.equal(emitted.length, 100);
    assert.equal(emitted.at(-1), 'acr Warning ConfigWarning 149');
  });

  it('tells a ConfigMap that was made anew', () => {
    const { reporter, emitted, see } = setUp();
    reporter.aboutConfig({ reason: 'ConfigWarning', message: 'odd' });
    see('u-9');
    reporter.aboutConfig({ reason: 'ConfigWarning', message: 'odd' });
    assert.equal(emitted.length, 2);
  });
});
