import type { HelperStatus } from '../../../../src/credential-helper/status/model.ts';

export const now = Date.UTC(2026, 10, 25, 9, 0, 0);

/** A leader with an entry in every state. */
export const leaderStatus: HelperStatus = {
  version: '0.1.0',
  role: 'leader',
  leader: 'aliyun-acr-credential-helper-7d9f8b6c5-x2k4p_8d0e',
  identity: 'worker role',
  configuration: {
    state: 'complete',
    namespaces: ['default', 'team-a', 'team-b'],
    serviceAccounts: 'all',
    findings: [
      {
        reason: 'ConfigWarning',
        key: 'acr-api-version',
        message: 'acr-api-version: "v1" is not 2018-12-01; it changes nothing',
      },
    ],
  },
  entries: [
    {
      position: 1,
      instanceId: 'cri-j36zhodptmyq1234',
      regionId: 'cn-hangzhou',
      chain: 'worker role → role b-role of 2222222222222222 → instance cri-j36zhodptmyq1234 in cn-hangzhou',
      hosts: [
        'demo-registry.cn-hangzhou.cr.aliyuncs.com',
        'demo-registry-vpc.cn-hangzhou.cr.aliyuncs.com',
        'images.example.com',
      ],
      state: 'serving',
      expiresAt: '2026-11-25T09:41:00Z',
      nextRenewalAt: '2026-11-25T09:26:00Z',
    },
    {
      position: 2,
      regionId: 'ap-southeast-1',
      chain: 'worker role → Personal Edition in ap-southeast-1',
      hosts: ['registry.ap-southeast-1.aliyuncs.com'],
      state: 'failing',
      expiresAt: '2026-11-25T20:45:00Z',
      nextRenewalAt: '2026-11-25T09:00:05Z',
      lastError: {
        reason: 'CredentialFetchFailed',
        message:
          'GetAuthorizationToken was answered 403 Forbidden.RAM (request id 35177927-6DB9-46A2-AB04-5E9D24CBABDE). Allow cr:GetAuthorizationToken to the worker role.',
        since: '2026-11-25T08:55:00Z',
      },
    },
    { position: 3, instanceId: 'cri-new', regionId: 'cn-beijing', chain: 'worker role', hosts: [], state: 'waiting' },
  ],
  namespaces: {
    watched: 3,
    served: 2,
    conflicts: ['team-b'],
    serviceAccounts: { selected: 5, attached: 4 },
  },
};
