import { describeCode, isOutOfStockCode } from '../../alibaba/error-classes.ts';
import type { ErrorClass } from '../../alibaba/errors.ts';

/** What ended the attempt before, as far as the next one is placed by it. */
export interface AttemptFailure {
  /** The code of a refusal, or the reason that a container group without a place gives. */
  readonly code: string;
  /** Where ECI had tried to put the group; absent when it refused at once, after trying every vSwitch of the request. */
  readonly vSwitchId?: string;
}

/**
 * Classes of the reasons that an accepted container group gives for having no place.
 * Source: ECI help centre, ECI conditions; failure handling policy of Pods.
 */
const SCHEDULE_REASONS: Readonly<Record<string, ErrorClass>> = {
  NoStock: 'capacity',
  'ContainerGroup.NoStock': 'capacity',
  StockExhaust: 'capacity',
  StockClose: 'capacity',
  FailedScheduling: 'capacity',
  UnknownError: 'transient',
  Throttling: 'transient',
  AttachDiskFailed: 'capacity',
  StartingFailed: 'capacity',
  CreateBackoff: 'capacity',
  SYSTEM_FAILURE: 'transient',
  DiskCapacityQuotaFull: 'capacity',
  QuotaExceeded: 'capacity',
  InsufficientBalance: 'account',
  CpuOptionsNotSupported: 'permanent',
  CpuOptionsNotValid: 'permanent',
};

/** Reasons that other machines or another zone would not have given. */
const STOCK_REASONS: ReadonlySet<string> = new Set([
  'NoStock',
  'ContainerGroup.NoStock',
  'StockExhaust',
  'StockClose',
  'FailedScheduling',
]);

/** Refusals for want of addresses: another vSwitch may have some, other machines help nothing. */
const ADDRESS_CODES: ReadonlySet<string> = new Set(['InvalidVSwitchId.IpNotEnough']);

/** Says what to do about a reason for having no place; one that nobody has heard of counts as a matter of capacity. */
export function classifyScheduleReason(reason: string): ErrorClass {
  return SCHEDULE_REASONS[reason] ?? describeCode(reason)?.class ?? 'capacity';
}

/** Asks whether machines were what was missing. */
export function isStockFailure({ code }: AttemptFailure): boolean {
  return STOCK_REASONS.has(code) || isOutOfStockCode(code);
}

/** Asks whether the same request could succeed in another vSwitch. */
export function isPlaceFailure(failure: AttemptFailure): boolean {
  return isStockFailure(failure) || ADDRESS_CODES.has(failure.code);
}

/** Writes a failure as one line, for an annotation: `NoStock vsw-…`. */
export function writeAttemptFailure({ code, vSwitchId }: AttemptFailure): string {
  return vSwitchId === undefined ? code : `${code} ${vSwitchId}`;
}

/** Reads what {@link writeAttemptFailure} wrote. @returns undefined for anything else: people can edit annotations. */
export function readAttemptFailure(text: string | undefined): AttemptFailure | undefined {
  const match = /^(?<code>[A-Za-z][\w.]{0,127})(?: (?<vSwitchId>vsw-[a-z0-9]+))?$/.exec(text ?? '');
  const { code, vSwitchId } = match?.groups ?? {};
  return code === undefined ? undefined : { code, ...(vSwitchId === undefined ? {} : { vSwitchId }) };
}
