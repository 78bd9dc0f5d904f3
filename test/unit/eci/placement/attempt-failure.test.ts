import assert from 'node:assert/strict';
import * as failure from '../../../../src/eci/placement/attempt-failure.ts';
import { placementFailure } from '../../../../src/eci/placement/placement-failure.ts';

describe('what ended an attempt', () => {
  const written: Record<string, failure.AttemptFailure> = {
    'OperationDenied.NoStock': { code: 'OperationDenied.NoStock' },
    'NoStock vsw-bp1abc': { code: 'NoStock', vSwitchId: 'vsw-bp1abc' },
    SYSTEM_FAILURE: { code: 'SYSTEM_FAILURE' },
  };
  for (const [text, value] of Object.entries(written)) {
    it(`is written as "${text}" and read back`, () => {
      assert.equal(failure.writeAttemptFailure(value), text);
      assert.deepEqual(failure.readAttemptFailure(text), value);
    });
  }

  for (const text of [undefined, '', ' ', 'NoStock sg-1', 'NoStock vsw-1 vsw-2', 'a'.repeat(200), '1NoStock']) {
    it(`is not known from ${JSON.stringify(text?.slice(0, 20))}`, () => {
      assert.equal(failure.readAttemptFailure(text), undefined);
    });
  }

  const classes: Record<string, [errorClass: string, place: boolean, stock: boolean]> = {
    NoStock: ['capacity', true, true],
    'ContainerGroup.NoStock': ['capacity', true, true],
    StockExhaust: ['capacity', true, true],
    StockClose: ['capacity', true, true],
    FailedScheduling: ['capacity', true, true],
    Throttling: ['transient', false, false],
    UnknownError: ['transient', false, false],
    QuotaExceeded: ['capacity', false, false],
    DiskCapacityQuotaFull: ['capacity', false, false],
    InsufficientBalance: ['account', false, false],
    CpuOptionsNotSupported: ['permanent', false, false],
    CpuOptionsNotValid: ['permanent', false, false],
    'OperationDenied.NoStock': ['capacity', true, true],
    'Zone.NotOnSale': ['capacity', true, true],
    'Spot.NotMatched': ['capacity', true, true],
    'InvalidVSwitchId.IpNotEnough': ['capacity', true, false],
    'PrivateIpAddress.Already.InUse': ['capacity', false, false],
    SomethingNew: ['capacity', false, false],
  };
  for (const [code, [errorClass, place, stock]] of Object.entries(classes)) {
    it(`by ${code} is a matter of ${errorClass}${place ? ', and of the place' : ''}`, () => {
      assert.equal(failure.classifyScheduleReason(code), errorClass);
      assert.deepEqual([failure.isPlaceFailure({ code }), failure.isStockFailure({ code })], [place, stock]);
    });
  }

  it('is told with the group, the reason of its condition and where it was tried', () => {
    const created = {
      type: 'ContainerInstanceCreated',
      status: 'False',
      reason: 'NoStock',
      message: 'zone k is empty',
    };
    assert.deepEqual(placementFailure('eci-1', { created, vSwitchId: 'vsw-a' }), {
      class: 'capacity',
      code: 'NoStock',
      message: 'container group eci-1 could not be placed and is deleted: zone k is empty',
      after: 'NoStock vsw-a',
    });
  });

  it('is told also where ECI gives no reason', () => {
    const { code, message, after } = placementFailure('eci-1', { created: undefined, vSwitchId: undefined });
    assert.equal(code, 'ScheduleFailed');
    assert.match(message, /ECI gave no reason/);
    assert.equal(after, 'ScheduleFailed');
  });
});
