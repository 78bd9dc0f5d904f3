import assert from 'node:assert/strict';
import { describeProblem } from '../../../src/annotations/describe-problem.ts';

describe('a problem in one line', () => {
  it('quotes the value, so that blanks at its ends are seen', () => {
    assert.equal(
      describeProblem({ key: 'k8s.aliyun.com/eci-imc-id', value: 's-1 ', message: 'Not an image cache id.' }),
      'k8s.aliyun.com/eci-imc-id="s-1 ": Not an image cache id.',
    );
  });

  it('leaves out what is not there', () => {
    const message = 'list at least one image';
    assert.equal(describeProblem({ key: 'spec.images', value: '', message }), 'spec.images: list at least one image');
    assert.equal(describeProblem({ key: '', value: 'NoPermission', message }), message);
  });
});
