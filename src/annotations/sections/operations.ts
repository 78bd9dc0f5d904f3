import type { CreateContainerGroupRequest } from '../../alibaba/eci-requests.ts';
import { podField, podLocal, unsupported, type Annotation } from '../annotation.ts';
import { accept, refuse } from '../grammar.ts';
import { booleanText } from '../grammars/boolean-text.ts';
import { commaList } from '../grammars/comma-list.ts';
import { customTags } from '../grammars/custom-tags.ts';
import { deriveGrammar, mapGrammar } from '../grammars/derive-grammar.ts';
import { ipAddress } from '../grammars/ip-address.ts';
import { jsonRecord, jsonRecords } from '../grammars/json-record.ts';
import { matching } from '../grammars/matching.ts';

/** Most GiB of extra ephemeral storage. Source: OpenAPI metadata of CreateContainerGroup. */
const mostExtraStorageGiB = 5000;

/** Identity, storage and operation. */
export const operationAnnotations: readonly Annotation<CreateContainerGroupRequest>[] = [
  podField({
    key: 'k8s.aliyun.com/eci-ram-role-name',
    field: 'ramRoleName',
    mapping: 'documented',
    grammar: matching({
      pattern: /^[A-Za-z0-9._-]{1,64}$/,
      description: 'the name of a RAM role',
      message: 'Not the name of a RAM role. Write the name alone, not its ARN.',
    }),
    example: 'log-writer',
    notes: 'The role trusts the ECS service, and the node needs `ram:PassRole` for it.',
    source: 'Assign a RAM role to a Pod',
  }),
  podField({
    key: 'k8s.aliyun.com/eci-custom-tags',
    field: 'tag',
    mapping: 'inferred',
    grammar: customTags,
    example: 'env:test,name:alice',
    notes:
      'Split at the first colon. The tag rules of the API hold, and keys that the node itself uses are not overwritten.',
    source: 'Attach custom tags to a Pod',
  }),
  podField({
    key: 'k8s.aliyun.com/eci-extra-ephemeral-storage',
    field: 'ephemeralStorage',
    mapping: 'documented',
    grammar: deriveGrammar(
      matching({
        pattern: /^\d{1,4}Gi$/,
        description: `whole GiB, \`0Gi\` to \`${mostExtraStorageGiB}Gi\``,
        message: `Not a size. Write whole GiB, 0Gi to ${mostExtraStorageGiB}Gi.`,
      }),
      (text) => {
        const gib = Number.parseInt(text, 10);
        return gib > mostExtraStorageGiB
          ? refuse<number>(`Too much. At most ${mostExtraStorageGiB}Gi can be added.`)
          : accept(gib);
      },
    ),
    example: '20Gi',
    default: '0',
    notes: 'On top of the free 30 GiB. Where the containers request more, the larger of the two holds.',
    source: 'Increase the ephemeral storage of a Pod',
  }),
  unsupported({
    key: 'k8s.aliyun.com/eci-ephemeral-storage-options',
    objects: ['Pod'],
    grammar: jsonRecord(['encrypted']),
    isDefault: ({ encrypted }) => encrypted === undefined || encrypted.toLowerCase() === 'false',
    behaviour:
      'CreateContainerGroup has no public field for encrypted ephemeral storage. Keep sensitive data on an encrypted disk volume instead, and remove the annotation.',
    example: '{"encrypted":"false"}',
    default: 'not encrypted',
    notes: '`"false"` is accepted, because that is what happens.',
    source: 'Encrypt ephemeral storage',
  }),
  podLocal({
    key: 'k8s.aliyun.com/eci-eviction-enable',
    grammar: mapGrammar(booleanText, (evictionEnable) => ({ evictionEnable })),
    behaviour:
      'The Pod is evicted when less than 100 MiB of ephemeral storage are left. Not honoured by this version: a Warning on the Pod says so.',
    example: 'true',
    default: '`false`',
    source: 'ECI Pod annotations',
  }),
  podField({
    key: 'k8s.aliyun.com/eci-ntp-server',
    field: 'ntpServer',
    mapping: 'documented',
    grammar: commaList(ipAddress, { noun: 'IP addresses', max: 20 }),
    example: '10.10.5.1',
    notes: 'One address is documented; several are inferred from the list in the API.',
    source: 'Configure an NTP server',
  }),
  podField({
    key: 'k8s.aliyun.com/eci-core-pattern',
    field: 'corePattern',
    mapping: 'documented',
    grammar: matching({
      pattern: /^\/\S*$/,
      description: 'an absolute path',
      message: 'Not an absolute path. Write a path that starts with /; pipes to a program are not allowed.',
    }),
    example: '/data/dump/core',
    default: 'no core dumps',
    source: 'Use core dumps to analyse faults',
  }),
  unsupported({
    key: 'k8s.aliyun.com/eci-sls-enable',
    objects: ['Pod'],
    grammar: booleanText,
    isDefault: (enable) => !enable,
    behaviour:
      'The node runs no log collection of Simple Log Service. Set aliyun_logs_* environment variables on the containers, which the service itself interprets, and remove the annotation.',
    example: 'false',
    default: 'no collection by the node',
    notes: '`false` is the only documented use and is accepted.',
    source: 'ECI Pod annotations',
  }),
  podField({
    key: 'k8s.aliyun.com/eci-host-sysctls',
    field: 'hostSecurityContext',
    mapping: 'inferred',
    grammar: mapGrammar(jsonRecords(['name', 'value']), (sysctl) => ({ sysctl })),
    example: '[{"name":"net.core.somaxconn","value":"1024"}]',
    notes: 'The account must be enabled for it by a ticket.',
    source: 'Configure a security context',
  }),
];
