import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Fixture, FixtureAccount, FixtureRole } from '../../simulator/fixtures/fixture.ts';
import { defaultFixtureUrl, loadFixture } from '../../simulator/fixtures/load-fixture.ts';

/** The accounts of the built-in fixture: A runs the Pods and the component, B owns other registries. */
export const accounts = { a: '1111111111111111', b: '2222222222222222' } as const;

/**
 * Writes the built-in fixture with changes to a file that goes with the test process. What a test does not change is what
 * everybody else has, so that fixtures cannot drift apart.
 * @returns the path, for the simulator's `--fixture`.
 */
export async function writeFixture(change: (fixture: Fixture) => void): Promise<string> {
  const fixture = await loadFixture(defaultFixtureUrl);
  change(fixture);
  const dir = mkdtempSync(join(tmpdir(), 'eci-kubelet-fixture-'));
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
  const path = join(dir, 'fixture.yaml');
  // JSON is YAML.
  writeFileSync(path, JSON.stringify(fixture, undefined, 2));
  return path;
}

/** @throws when the fixture has no such account. */
export function accountOf(fixture: Fixture, accountId: string): FixtureAccount {
  const account = fixture.accounts.find((candidate) => candidate.accountId === accountId);
  if (account === undefined) throw new Error(`the fixture has no account ${accountId}`);
  return account;
}

/** Adds a role, or replaces the one of that name. @returns its ARN. */
export function putRole(fixture: Fixture, accountId: string, role: FixtureRole): string {
  const account = accountOf(fixture, accountId);
  account.roles = [...(account.roles ?? []).filter(({ name }) => name !== role.name), role];
  return `acs:ram::${accountId}:role/${role.name}`;
}

/** A trust policy that lets RAM principals and cloud services assume the role. */
export function trusting(principals: { ram?: readonly string[]; services?: readonly string[] }): FixtureRole['trust'] {
  const { ram = [], services = [] } = principals;
  const statement = (principal: object): object => ({
    Effect: 'Allow',
    Action: 'sts:AssumeRole',
    Principal: principal,
  });
  return {
    Version: '1',
    Statement: [
      ...(ram.length > 0 ? [statement({ RAM: ram })] : []),
      ...(services.length > 0 ? [statement({ Service: services })] : []),
    ],
  };
}

/** A permission policy that allows some actions everywhere. */
export function allowing(...actions: readonly string[]): Record<string, unknown> {
  return { Version: '1', Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] };
}
