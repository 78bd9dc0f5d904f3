import type { CloudErrorCodes } from './cloud-error-code.ts';

/**
 * Quota, money and the standing of the account: somebody must act outside of Kubernetes.
 * Source: ECI API reference, error codes; Alibaba Cloud public error codes.
 */
export const accountCodes = {
  QuotaExceeded: {
    // Like stock and unlike a balance, a quota is free again as soon as other instances end.
    class: 'capacity',
    when: 'The vCPU quota or another quota of the account in this region is used up.',
    remedy: 'Delete what is not needed or ask for a higher quota.',
  },
  ValueExceeded: { class: 'account', when: 'A quota is exceeded; ECI uses this code at creation.' },
  'InvalidParameter.ValueExceeded': {
    class: 'account',
    when: 'A value is above a limit; at creation this usually means a quota.',
  },
  DedicatedHostQuotaExceeded: { class: 'account', when: 'The dedicated hosts have no room left.' },
  'Account.Arrearage': { class: 'account', when: 'The account has an overdue payment.', remedy: 'Settle the balance.' },
  'InvalidPaymentMethod.InsufficientBalance': {
    class: 'account',
    when: 'The balance of the account is too low.',
    remedy: 'Top the account up.',
  },
  'Payfor.CreditPayInsufficientBalance': {
    class: 'account',
    when: 'The credit of the account is too low.',
    remedy: 'Top the account up.',
  },
  EipPayInsufficientBalance: {
    class: 'account',
    when: 'The balance is too low for an elastic IP address.',
    remedy: 'Top the account up.',
  },
  'Forbidden.RiskControl': { class: 'account', when: 'The account is under review by risk control.' },
  'OperationFailed.RiskControl': { class: 'account', when: 'Risk control stopped the operation.' },
  'SecurityRisk.3DVerification': { class: 'account', when: 'The payment method needs a further verification.' },
  'Forbidden.UserBussinessStatus': {
    class: 'account',
    when: 'The account may not buy, for example because of overdue bills.',
  },
  'Forbidden.UserNotRealNameAuthentication': {
    class: 'account',
    when: 'The account has not passed real-name registration.',
  },
  'Forbidden.AccountClosed': { class: 'account', when: 'The account is closed.' },
  ServiceNotEnabled: { class: 'account', when: 'The service is not activated.', remedy: 'Activate it in the console.' },
} as const satisfies CloudErrorCodes;
