import type {
  EntryStatus,
  HelperStatus,
  NamespacesStatus,
  SelectionStatus,
} from '../../credential-helper/status/model.ts';

const states: readonly EntryStatus['state'][] = ['waiting', 'serving', 'failing', 'expired', 'refused'];

/**
 * Reads an answer to `/status`. What answers may be another version, or another program: members that are not what they should be
 * are left out, and members that are not known are ignored.
 * @returns undefined when it is no status of a credential helper.
 */
export function readHelperStatus(answer: unknown): HelperStatus | undefined {
  const configuration = part(answer, 'configuration');
  const role = part(answer, 'role');
  const state = part(configuration, 'state');
  if ((role !== 'leader' && role !== 'follower') || (state !== 'complete' && state !== 'incomplete')) return undefined;
  const namespaces = readNamespaces(part(answer, 'namespaces'));
  return {
    version: text(part(answer, 'version')) ?? '?',
    role,
    ...optional('leader', text(part(answer, 'leader'))),
    ...optional('identity', text(part(answer, 'identity'))),
    configuration: {
      state,
      ...optional('why', text(part(configuration, 'why'))),
      ...optional('namespaces', readSelection(part(configuration, 'namespaces'))),
      ...optional('serviceAccounts', readSelection(part(configuration, 'serviceAccounts'))),
      findings: list(part(configuration, 'findings')).map((finding) => ({
        reason: text(part(finding, 'reason')) ?? '?',
        key: text(part(finding, 'key')) ?? '?',
        message: text(part(finding, 'message')) ?? '?',
        ...optional('position', number(part(finding, 'position'))),
      })),
    },
    entries: list(part(answer, 'entries')).flatMap(readEntry),
    ...optional('namespaces', namespaces),
  };
}

function readEntry(entry: unknown): EntryStatus[] {
  const state = states.find((known) => known === part(entry, 'state'));
  const position = number(part(entry, 'position'));
  if (state === undefined || position === undefined) return [];
  const error = part(entry, 'lastError');
  return [
    {
      position,
      ...optional('instanceId', text(part(entry, 'instanceId'))),
      regionId: text(part(entry, 'regionId')) ?? '?',
      chain: text(part(entry, 'chain')) ?? '',
      hosts: texts(part(entry, 'hosts')),
      state,
      ...optional('expiresAt', time(part(entry, 'expiresAt'))),
      ...optional('nextRenewalAt', time(part(entry, 'nextRenewalAt'))),
      ...(error === undefined
        ? {}
        : {
            lastError: {
              reason: text(part(error, 'reason')) ?? '?',
              message: text(part(error, 'message')) ?? '?',
              since: text(part(error, 'since')) ?? '?',
            },
          }),
    },
  ];
}

function readNamespaces(value: unknown): NamespacesStatus | undefined {
  const accounts = part(value, 'serviceAccounts');
  if (accounts === undefined) return undefined;
  return {
    watched: number(part(value, 'watched')) ?? 0,
    served: number(part(value, 'served')) ?? 0,
    conflicts: texts(part(value, 'conflicts')),
    serviceAccounts: {
      selected: number(part(accounts, 'selected')) ?? 0,
      attached: number(part(accounts, 'attached')) ?? 0,
    },
  };
}

function readSelection(value: unknown): SelectionStatus | undefined {
  if (value === 'all') return 'all';
  return Array.isArray(value) ? texts(value) : undefined;
}

function part(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function texts(value: unknown): string[] {
  return list(value).filter((item) => typeof item === 'string');
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** A text that is a time. */
function time(value: unknown): string | undefined {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? value : undefined;
}

function optional<Name extends string, T>(name: Name, value: T | undefined): Partial<Record<Name, T>> {
  return value === undefined ? {} : ({ [name]: value } as Record<Name, T>);
}
