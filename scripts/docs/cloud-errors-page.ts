import { cloudErrorCodes } from '../../src/alibaba/error-classes.ts';
import type { CloudErrorCode } from '../../src/alibaba/error-codes/cloud-error-code.ts';
import { code, generatedFrom, table } from './markdown.ts';

const titles: Readonly<Record<keyof typeof cloudErrorCodes, string>> = {
  platform: 'Flow control and platform',
  capacity: 'Stock, zones and addresses',
  account: 'Quota, money and account',
  permission: 'Permissions and keys',
  image: 'Image caches',
  parameter: 'Parameters and states',
  sts: 'Assuming roles',
  registry: 'Container Registry',
  own: 'Codes of this program',
};

/** Renders the reference page of cloud error codes. */
export function cloudErrorsPage(): string {
  const chapters = Object.entries(cloudErrorCodes).map(([theme, codes]) => {
    const rows = Object.entries<CloudErrorCode>(codes).map(([name, row]) => [
      code(name),
      row.class,
      row.when,
      row.remedy ?? '',
    ]);
    return `## ${titles[theme as keyof typeof cloudErrorCodes]}\n\n${table(['Code', 'Class', 'When', 'What to do'], rows)}\n`;
  });
  return `${generatedFrom('src/alibaba/error-codes/')}

# Cloud error codes

What eci-kubelet does about a failed call to Alibaba Cloud follows from the code of the answer, never from its text, and from
the HTTP status only for codes that are not listed here. A code that ends in \`*\` stands for a family.

${table(
  ['Class', 'What happens'],
  [
    ['transient', 'The same request is sent again with back-off, a creation with the same client token.'],
    ['capacity', 'Tried again later or elsewhere, as a new attempt.'],
    ['account', 'Tried again slowly; somebody has to act on quota, balance or account.'],
    ['permission', 'Reported; not tried again until something changes.'],
    ['permanent', 'Reported; not tried again until the object changes.'],
  ],
)}

Codes that are not listed: no answer, HTTP 429 and HTTP 5xx are transient, every other refusal is permanent.

${chapters.join('\n')}`;
}
