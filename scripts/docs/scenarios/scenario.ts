/** One scenario that the test suites of other virtual kubelets check, and where ours does. */
export interface Scenario {
  /** As the survey of those suites numbers it. */
  id: string;
  /** What is to hold, in a sentence of our own. */
  claim: string;
  /** `file: title` of each test that shows it; the title may be the beginning of one. */
  tests: readonly string[];
  /** What this project does beyond what was found elsewhere. */
  beyond?: string;
  /** Why there is no test here; then `tests` is empty. */
  notHere?: string;
}

/** Scenarios about one subject. */
export interface ScenarioChapter {
  title: string;
  scenarios: readonly Scenario[];
}
