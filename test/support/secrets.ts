import assert from 'node:assert/strict';

/** What must never be seen: every secret of the fixtures and every one that the simulator makes contains this. */
const CANARY = /CANARY[A-Za-z0-9:_-]*/;

/** Tokens of the API server, and passwords of the samples' pull Secrets. */
const ALSO_SECRET = [/eyJhbGciOi[A-Za-z0-9_.-]{20,}/, /not-a-real-password-\d/];

/** Asserts that a text that users or collectors see holds no secret. @param what names the text in the failure, which shows where. */
export function assertNoSecret(what: string, text: string): void {
  for (const pattern of [CANARY, ...ALSO_SECRET]) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const around = text.slice(Math.max(0, match.index - 120), match.index);
    assert.fail(`${what} holds a secret (${match[0].slice(0, 12)}…) after: ${around}`);
  }
}
