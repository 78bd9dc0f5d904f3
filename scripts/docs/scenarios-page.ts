import { code, generatedFrom, table } from './markdown.ts';
import { scenarioChapters } from './scenarios/chapters.ts';
import type { Scenario } from './scenarios/scenario.ts';

/** Renders the table of scenarios of other suites beside our tests. */
export function scenariosPage(): string {
  const chapters = scenarioChapters.map(
    ({ title, scenarios }) =>
      `## ${title}\n\n${table(['Id', 'What holds', 'Shown by', 'Beyond what others do'], scenarios.map(row))}`,
  );
  return `${generatedFrom('scripts/docs/scenarios/')}

# Scenarios

What the test suites of other virtual kubelets check (virtual-kubelet itself, the providers for Azure and AWS, Kip, interLink, eci-profile),
what their users' issues ask for, and which of our tests shows each. A title may be the beginning of a longer one; what stands in braces
are the cases of a table. A test compares this table with the test files: a row cannot name a test that does not
exist. Ids are those of a survey of these suites; the last chapter has scenarios that none of them checks.

${chapters.join('\n\n')}
`;
}

function row({ id, claim, tests, beyond = '', notHere }: Scenario): string[] {
  return [id, claim, notHere === undefined ? tests.map(reference).join('; ') : `Not here: ${notHere}`, beyond];
}

function reference(test: string): string {
  const [file, title] = splitReference(test);
  return `[${code(title)}](../../${file})`;
}

/** Takes `file: title` apart. */
export function splitReference(test: string): [file: string, title: string] {
  const at = test.indexOf(': ');
  return [test.slice(0, at), test.slice(at + 2)];
}
