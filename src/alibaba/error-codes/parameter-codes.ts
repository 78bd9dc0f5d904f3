import type { CloudErrorCodes } from './cloud-error-code.ts';

/**
 * The request itself is at fault, or asks for something that is not to be had; it must change first.
 * Source: ECI API reference, error codes of each action.
 */
export const parameterCodes = {
  MissingParameter: { class: 'permanent', when: 'A required parameter is missing.' },
  InvalidParameter: { class: 'permanent', when: 'A parameter has a value that is not allowed.' },
  'InvalidParameter.CPU.Memory': { class: 'permanent', when: 'No instance has this combination of vCPU and memory.' },
  'InvalidParam.CpuOrMemorySpec': { class: 'permanent', when: 'No instance has this combination of vCPU and memory.' },
  'InvalidParameter.DuplicatedName': { class: 'permanent', when: 'Two containers have the same name.' },
  'InvalidParameter.DuplicatedVolumeName': { class: 'permanent', when: 'Two volumes have the same name.' },
  'InvalidParameter.LengthExceeded': { class: 'permanent', when: 'A value is too long.' },
  'InvalidParameter.NotFound': { class: 'permanent', when: 'The named object does not exist.' },
  HighCpuMemConfigRequired: { class: 'permanent', when: 'The instance needs more vCPU or memory than requested.' },
  LocalDiskAmountNotMatch: { class: 'permanent', when: 'The number of local disks does not fit the instance type.' },
  InvalidSpotCpuMemorySpec: { class: 'permanent', when: 'The size is not offered as a spot instance.' },
  InstanceTypeNotMatchCpuArch: { class: 'permanent', when: 'The instance type has another CPU architecture.' },
  InvalidInstanceTypeForEciBuy: { class: 'permanent', when: 'The instance type is not offered for ECI.' },
  InvalidInstanceTypeForEciSpotDurationBuy: {
    class: 'permanent',
    when: 'The instance type is not offered as a spot instance with a protection period.',
  },
  PrivatePoolInstanceSpotNotSupport: { class: 'permanent', when: 'A private pool cannot be used with spot instances.' },
  'DiskNumber.LimitExceed': { class: 'permanent', when: 'Too many disks.' },
  'DiskVolume.NotSupport': { class: 'permanent', when: 'Disk volumes cannot be used here.' },
  'DiskVolume.NotInSameZone': { class: 'permanent', when: 'The disk is in another zone.' },
  'CloudDisk.NotInSameZone': { class: 'permanent', when: 'The disk is in another zone.' },
  'InvalidDiskId.NotFound': { class: 'permanent', when: 'The disk does not exist.' },
  BatchCreateNotSupportExistingCloudDisk: { class: 'permanent', when: 'An existing disk cannot be used in a batch.' },
  IncorrectOperation: { class: 'permanent', when: 'The operation does not fit the object.' },
  FeatureBasedConstraintConflict: { class: 'permanent', when: 'Two requested features exclude each other.' },
  'Forbidden.OnlyForInvitedTest': {
    class: 'permanent',
    when: 'The feature is by invitation only.',
    remedy: 'Ask the vendor to enable the feature, or do not request it.',
  },
  FeatureAccessRestricted: {
    class: 'permanent',
    when: 'The feature is not enabled for the account.',
    remedy: 'Ask the vendor to enable the feature, or do not request it.',
  },
  'InvalidOperation.ResourceManagedByCloudProduct': {
    class: 'permanent',
    when: 'A resource in the request belongs to another cloud product.',
  },
  'RamRole.NotSupport': { class: 'permanent', when: 'The RAM role cannot be used for an instance.' },
  'InvalidOperation.KMS.InstanceTypeNotSupport': {
    class: 'permanent',
    when: 'The instance type cannot use encrypted disks.',
  },
  'InvalidParameter.Encrypted.KmsNotEnabled': { class: 'permanent', when: 'KMS is not activated.' },
  'InvalidParameter.KMS.EncryptedIllegal': {
    class: 'permanent',
    when: 'The encryption parameters contradict each other.',
  },
  'InvalidParameter.KMS.KeyId.NotFound': { class: 'permanent', when: 'The KMS key does not exist.' },
  'Ipv6AddressNotSupport*': {
    class: 'permanent',
    when: 'The vSwitch or the instance type has no IPv6.',
    remedy: 'Enable IPv6 on the vSwitch or drop the request for an IPv6 address.',
  },
  'JobInstance*': { class: 'permanent', when: 'The request does not fit a job instance.' },
  'OperationDenied.VswZoneMisMatch': { class: 'permanent', when: 'The vSwitch is not in the requested zone.' },
  'OperationDenied.SecurityGroupMisMatch': {
    class: 'permanent',
    when: 'Security group and vSwitch belong to different VPCs.',
    remedy: 'Configure both from the same VPC.',
  },
  InvalidAction: { class: 'permanent', when: 'The call is not allowed on this object.' },
  NoNeedUpdate: { class: 'permanent', when: 'The update would change nothing; counts as success.' },
  DryRunOperation: { class: 'permanent', when: 'A dry run passed; counts as success.' },
  'DryRun.Success': { class: 'permanent', when: 'A dry run passed; counts as success.' },
} as const satisfies CloudErrorCodes;
