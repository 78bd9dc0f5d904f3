/** Which part may know which. The order of the layers is the design; this table is what keeps it. */
export interface ImportRule {
  /** Path prefixes of the importing files, from the root of the repository. */
  in: readonly string[];
  /** Prefixes of files or packages that must not be imported there. */
  never: readonly string[];
  /** Files beneath `never` that may be imported all the same. */
  except?: readonly string[];
  /** Completes "because". */
  because: string;
}

/** Modules that talk to disks, networks and other processes. `node:net` is not among them for the sake of `isIP`. */
const inputAndOutput = [
  'node:child_process',
  'node:dgram',
  'node:dns',
  'node:fs',
  'node:http',
  'node:https',
  'node:http2',
  'node:tls',
  'undici',
  '@alicloud/',
  '@kubernetes/client-node',
];

/** Vocabulary of the cloud without its clients: types and error classes. */
const cloudVocabulary = [
  'src/alibaba/errors.ts',
  'src/alibaba/error-classes.ts',
  'src/alibaba/eci-requests.ts',
  'src/alibaba/eci-answers.ts',
  'src/alibaba/eci-client.ts',
];

/** Folders that only decide. Their inputs and outputs are values. */
const pure = [
  'src/annotations/',
  'src/credential-helper/config/reading/',
  'src/credential-helper/entries/plan-',
  'src/images/',
  'src/eci/admission/',
  'src/eci/downward-api/',
  'src/eci/environment/',
  'src/eci/request/',
  'src/eci/size/',
  'src/eci/status/',
  'src/eci/identity/',
  'src/eci/volumes/',
];

export const importRules: readonly ImportRule[] = [
  {
    in: ['src/alibaba/'],
    never: ['src/kube/', '@kubernetes/client-node'],
    because: 'the cloud clients know no Kubernetes',
  },
  {
    in: ['src/kube/'],
    never: ['src/alibaba/', '@alicloud/'],
    because: 'the Kubernetes client knows no cloud',
  },
  {
    in: ['src/node/'],
    never: ['src/eci/', 'src/imagecache/', '@alicloud/'],
    because: 'a virtual node knows a PodProvider, not ECI',
  },
  {
    in: ['src/node/', 'src/credentials/'],
    never: ['src/alibaba/'],
    except: cloudVocabulary,
    because: 'services are known here as interfaces; src/app/ connects them',
  },
  {
    in: ['src/credentials/'],
    never: ['src/kube/', 'src/eci/', 'src/node/', 'src/imagecache/', '@alicloud/'],
    except: ['src/kube/types.ts'],
    because: 'resolving credentials depends on no client and no SDK',
  },
  {
    in: ['src/webhook/', 'src/profile/'],
    never: ['src/alibaba/', '@alicloud/', 'src/eci/', 'src/node/', 'src/imagecache/', 'src/credentials/'],
    because: 'admission and defaults know Pods, and no cloud',
  },
  {
    in: ['src/credential-helper/status/'],
    never: [
      ...inputAndOutput,
      'src/kube/',
      'src/alibaba/',
      'src/credential-helper/entries/',
      'src/credential-helper/namespaces/',
      'src/credential-helper/webhook/',
    ],
    because: 'a status is put together from what the parts say of themselves',
  },
  {
    in: ['src/credential-helper/namespaces/'],
    never: ['src/alibaba/', '@alicloud/', 'src/credentials/', 'src/eci/', 'src/node/', 'src/imagecache/'],
    because: 'a new namespace is served from memory, without a call to the cloud',
  },
  {
    in: ['src/credential-helper/config/'],
    never: ['src/alibaba/', '@alicloud/', 'src/credentials/', 'src/eci/', 'src/node/', 'src/imagecache/'],
    because: 'what people wrote is read without asking anybody',
  },
  {
    in: ['src/credential-helper/webhook/'],
    never: ['src/alibaba/', '@alicloud/', 'src/credentials/', 'src/eci/', 'src/node/', 'src/imagecache/'],
    because: 'who waits for an answer waits for no cloud',
  },
  {
    in: [
      'src/credential-helper/webhook/attach-on-create.ts',
      'src/credential-helper/webhook/shared-conflicts.ts',
      'src/credential-helper/webhook/webhook-spec.ts',
    ],
    never: ['src/kube/', 'src/telemetry/', ...inputAndOutput],
    because: 'decisions are apart from I/O',
  },
  {
    in: ['src/eci/', 'src/imagecache/'],
    never: ['src/alibaba/'],
    except: cloudVocabulary,
    because: 'providers know the EciClient interface; src/app/ builds the client',
  },
  {
    in: ['src/credential-helper/entries/'],
    never: [...inputAndOutput, 'src/alibaba/'],
    except: [...cloudVocabulary, 'src/alibaba/scrub.ts'],
    because: 'chains and the registry service are known here as interfaces; src/app/ connects them',
  },
  {
    in: ['src/telemetry/', 'src/config/'],
    never: ['src/alibaba/', 'src/kube/', 'src/eci/', 'src/node/', 'src/imagecache/', 'src/credentials/', 'src/cli/'],
    because: 'everything uses it, so it uses nothing',
  },
  {
    in: pure,
    never: ['src/alibaba/', 'src/kube/', 'src/node/', 'src/telemetry/', 'src/config/', 'src/cli/', 'src/imagecache/'],
    except: [
      ...cloudVocabulary,
      'src/config/nearest.ts',
      'src/kube/types.ts',
      'src/kube/object-reference.ts',
      'src/telemetry/types.ts',
    ],
    because: 'decisions are apart from I/O',
  },
  { in: pure, never: inputAndOutput, because: 'decisions are apart from I/O' },
  {
    in: ['src/'],
    never: ['simulator/', 'test/', 'bench/', 'scripts/'],
    because: 'the product does not contain what tests it',
  },
  {
    in: ['simulator/'],
    never: [
      'src/alibaba/',
      'src/credentials/',
      'src/eci/',
      'src/imagecache/',
      'src/node/',
      'src/cli/',
      'src/app.ts',
      'src/app/',
    ],
    except: cloudVocabulary,
    because: 'a simulator that shares code with the product shares its mistakes',
  },
  {
    in: ['src/', 'simulator/'],
    never: ['src/app.ts', 'src/app/', 'src/main.ts'],
    because:
      'only src/cli starts the application, and app.ts alone knows everything, with the files of src/app/ that it is made of',
  },
  {
    in: ['src/', 'simulator/'],
    never: ['src/cli/'],
    because: 'the command line is the outermost layer',
  },
];

/** Files that stand outside the rules of their folder. */
export const exempt: readonly { file: string; from: readonly string[] }[] = [
  { file: 'src/main.ts', from: ['src/cli/'] },
  { file: 'src/app.ts', from: ['src/app/'] },
  { file: 'src/app/', from: ['src/app/'] },
  { file: 'src/credential-helper/entries/identities.ts', from: ['src/alibaba/'] },
  { file: 'src/cli/', from: ['src/app.ts', 'src/app/', 'src/cli/'] },
];
