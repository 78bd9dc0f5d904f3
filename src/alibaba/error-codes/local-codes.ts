import type { CloudErrorCodes } from './cloud-error-code.ts';

/** Codes that this program gives itself, for lack of one by the cloud. */
export const ownCodes = {
  'Local.Timeout': {
    class: 'transient',
    when: 'No answer within the deadline. Whether the call took effect is unknown.',
    remedy: 'Check that the endpoint can be reached from where this component runs.',
  },
  'Local.Unreachable': {
    class: 'transient',
    when: 'The connection was refused or broke off, or the host name is unknown.',
    remedy: 'Check the configured endpoint, DNS and network policies.',
  },
  'Local.BadAnswer': {
    class: 'transient',
    when: 'The answer is not that of the service, for example an HTML page of a gateway.',
    remedy: 'Check the configured endpoint and any proxy in between.',
  },
  'Metadata.NoRole': {
    class: 'permission',
    when: 'The ECS metadata service knows no RAM role for this instance.',
    remedy: 'Attach a RAM role to the ECS instance or choose another identity.',
  },
  'Metadata.Refused': {
    class: 'permission',
    when: 'The ECS metadata service refused the request, for example because it insists on a token.',
    remedy: 'Check the hardening of the metadata service and the hop count of its tokens.',
  },
} as const satisfies CloudErrorCodes;
