import type { AccessKey } from '../../credentials/types.ts';
import { EciKubeletError } from '../../errors.ts';
import { Secret } from '../../secret.ts';
import { isObject } from '../untyped.ts';

export interface KeyFileSource {
  /** For messages. */
  path: string;
  /** Section of a file that has sections; `default` when absent. */
  profile?: string;
}

/**
 * Reads the content of a key file: a JSON object, or lines of `key=value` with `#` comments, either plain or in sections as
 * the vendor's SDKs keep them. Members are `accessKeyId`, `accessKeySecret`, and for sessions `securityToken` and
 * `expiration` (RFC 3339). Case and underscores do not matter, so that `access_key_id` and the answers of STS fit too.
 * @throws EciKubeletError `InvalidKeyFile`, without quoting the content.
 */
export function parseKeyFile(text: string, { path, profile = 'default' }: KeyFileSource): AccessKey {
  const members = text.trimStart().startsWith('{') ? jsonMembers(text, path) : sectionMembers(text, profile);
  if (members === undefined) throw invalid(path, `it has no section [${profile}]`);
  const accessKeyId = members.get('accesskeyid');
  const accessKeySecret = members.get('accesskeysecret');
  const securityToken = members.get('securitytoken');
  const expiration = members.get('expiration');
  if (!accessKeyId || !accessKeySecret) throw invalid(path, 'accessKeyId and accessKeySecret are needed');
  const expiresAtMs = expiration ? Date.parse(expiration) : undefined;
  if (Number.isNaN(expiresAtMs)) throw invalid(path, 'expiration is not a time such as 2026-01-02T03:04:05Z');
  return {
    accessKeyId,
    accessKeySecret: new Secret(accessKeySecret),
    ...(securityToken ? { securityToken: new Secret(securityToken) } : {}),
    ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
  };
}

function jsonMembers(text: string, path: string): Map<string, string> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // The parser's message quotes the text, and the text holds a secret.
    throw invalid(path, 'it is not valid JSON');
  }
  const entries = isObject(parsed) ? Object.entries(parsed) : [];
  return new Map(
    entries.flatMap(([name, value]) => (typeof value === 'string' ? [[normalised(name), value.trim()]] : [])),
  );
}

/** @returns the members of the section, or of the whole file when it has no sections; absent when the section is not there. */
function sectionMembers(text: string, profile: string): Map<string, string> | undefined {
  const sections = new Map<string, Map<string, string>>();
  let current = new Map<string, string>();
  const plain = current;
  for (const line of text.split(/\r?\n/)) {
    const [, section] = /^\s*\[([^\]]+)\]\s*$/.exec(line) ?? [];
    if (section !== undefined) {
      current = new Map();
      sections.set(section.trim(), current);
    }
    const [, name, value] = /^\s*([A-Za-z_]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) current.set(normalised(name), value.replace(/^(["'])(.*)\1$/, '$2'));
  }
  return sections.size === 0 ? plain : sections.get(profile);
}

function normalised(name: string): string {
  return name.toLowerCase().replaceAll('_', '');
}

function invalid(path: string, what: string): EciKubeletError {
  return new EciKubeletError('InvalidKeyFile', `The key file ${path} cannot be used: ${what}`);
}
