import assert from 'node:assert/strict';
import { describeEditors, listEditors } from '../../../../src/credential-helper/namespaces/list-editors.ts';

describe('who else writes a ServiceAccount', () => {
  const list = { 'f:imagePullSecrets': {} };
  const cases: Record<string, [[manager: string, fields: object][], string]> = {
    'is whoever holds the list': [
      [
        ['kubectl', { 'f:metadata': {} }],
        ['flux', list],
      ],
      'The list was last written by flux.',
    ],
    'is not known where the list was emptied, but there are others': [
      [
        ['helm', { 'f:metadata': {} }],
        ['argocd', { 'f:metadata': {} }],
      ],
      'The API server does not say by whom; others who write this ServiceAccount: argocd, helm.',
    ],
    'is neither we nor the controller of tokens': [
      [
        ['eci-kubelet', list],
        ['kube-controller-manager', { 'f:secrets': {} }],
      ],
      'The API server does not say by whom.',
    ],
    'is not known without any record': [[], 'The API server does not say by whom.'],
  };
  for (const [what, [fields, expected]] of Object.entries(cases)) {
    it(what, () => {
      const managedFields = fields.map(([manager, fieldsV1]) => ({ manager, fieldsV1 }));
      assert.equal(describeEditors(listEditors({ metadata: { managedFields } })), expected);
    });
  }
});
