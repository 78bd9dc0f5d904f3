import type { CloudErrorCodes } from './cloud-error-code.ts';

/**
 * Flow control and trouble of the platform itself.
 * Source: ECI API reference, error codes of each action; Alibaba Cloud public error codes; V3 signature documentation.
 */
export const platformCodes = {
  'Throttling*': {
    class: 'transient',
    when: 'The account or the API is over its call rate. ECI says so with HTTP 400, not 429.',
    remedy:
      'It is tried again at half the rate. If it stays, ask for a higher limit or lower the number of Pods per minute.',
  },
  'Throttling.Vcpu.PerDay': {
    class: 'account',
    when: 'The vCPUs that the account may create in one day are used up.',
    remedy: 'Wait for the next day or ask for a higher quota; minutes of back-off do not help.',
  },
  'Degrade.Api': { class: 'transient', when: 'The API is degraded by flow control.' },
  EipPurchaseFlowControl: { class: 'transient', when: 'Elastic IP addresses are being bought too fast.' },
  containerRepositoryAuthorizationFailed: {
    class: 'transient',
    when: 'ECI could not authenticate at the registry service.',
    remedy: 'Check that Container Registry is activated in the account.',
  },
  ServiceUnavailable: { class: 'transient', when: 'The service is temporarily not available.' },
  InternalError: { class: 'transient', when: 'The service failed inside. Whether the call took effect is unknown.' },
  UnknownError: { class: 'transient', when: 'The service failed without saying how; seen under heavy load.' },
  'CorePattern.UpdateFail': { class: 'transient', when: 'The core pattern could not be set.' },
  OperationConflict: { class: 'transient', when: 'Another operation is running on the same object.' },
  IncorrectStatus: {
    class: 'transient',
    when: 'The object is in a state that does not allow the call, often for a short time.',
  },
  SignatureNonceUsed: {
    class: 'transient',
    when: 'The nonce of the request was seen before; the next try has a new one.',
  },
  'InvalidTimeStamp.Expired': {
    class: 'transient',
    when: 'The time of the request is more than 15 minutes away from the time of the service.',
    remedy: 'Check the clock of the machine.',
  },
  'InvalidTimeStamp.Format': { class: 'permanent', when: 'The time of the request is not in the expected form.' },
  IdempotentParameterMismatch: {
    class: 'permanent',
    when: 'A client token was used again with other parameters.',
    remedy: 'The existing resource is looked up by its tags; a new attempt uses a new token.',
  },
  'InvalidAction.NotFound': {
    class: 'permanent',
    when: 'The service does not know the action.',
    remedy: 'Check the configured endpoint.',
  },
  InvalidVersion: {
    class: 'permanent',
    when: 'The service does not know the API version.',
    remedy: 'Check the configured endpoint.',
  },
} as const satisfies CloudErrorCodes;
