/**
 * The vocabulary of credential resolution. The services are known here only as interfaces (ports); `src/alibaba` implements
 * them and `src/app/` connects the two.
 */
import type { AcrRegistryInfo, ImageRegistryCredential } from '../alibaba/eci-requests.ts';
import type { EventReasonName } from '../event-reasons.ts';
import type { Secret } from '../secret.ts';

/** Access key credentials of a principal, long-lived or of a session. */
export interface AccessKey {
  accessKeyId: string;
  accessKeySecret: Secret;
  /** Present for sessions. */
  securityToken?: Secret;
  /** Epoch milliseconds; absent for long-lived keys. */
  expiresAtMs?: number;
}

/** How long something must still be good for, whether a shorter-lived one may stand in when there is no other, and who keeps pauses. */
export interface WantedLife {
  /** Milliseconds. */
  minimumLifeMs?: number;
  /** Rather the failure of a renewal than one that lives shorter than that. One that is as fresh as can be had is given all the same. */
  freshOrFail?: boolean;
  /** Tries at once even if it was tried a moment ago, for readers that keep pauses of their own. */
  tryNow?: boolean;
}

/** The component's own identity: where a chain starts. */
export interface Identity {
  /** Stable text that says who we are without saying a secret, for messages and cache keys: `access key LTAI…`, `ECS role web`. */
  readonly description: string;
  /**
   * Gives live credentials, cached and refreshed ahead of expiry with single-flight.
   * @param wanted credentials that live shorter are fetched anew first. Where the source has none that live longer, as a file or
   *   a metadata service that goes on giving the same, these are given, and the source is left in peace for a while.
   * @throws AlibabaCloudError or EciKubeletError when no live credentials are to be had; never hands out expired ones.
   */
  accessKey(wanted?: WantedLife): Promise<AccessKey>;
  /** Says that the cloud refused this key, so that the next {@link accessKey} fetches another one. Absent for fixed keys. */
  invalidate?(refused: AccessKey): void;
}

/** The one question that chains ask of STS. */
export interface StsPort {
  /** @param policy session policy, JSON text; narrows the session's permissions. @param durationSeconds at least 900. */
  assumeRole(options: {
    caller: AccessKey;
    roleArn: string;
    sessionName: string;
    durationSeconds: number;
    policy?: string;
  }): Promise<AccessKey>;
}

/** A user name and temporary password for a registry. */
export interface RegistryPassword {
  userName: string;
  password: Secret;
  /** Epoch milliseconds, the server's own; never computed here. */
  expiresAtMs: number;
}

/** A row of ListInstance, reduced to what is used. */
export interface CrInstance {
  instanceId: string;
  instanceName: string;
  instanceStatus?: string;
}

/** What is asked of Container Registry. Every call throws AlibabaCloudError. */
export interface CrPort {
  /** Enterprise Edition: GetAuthorizationToken 2018-12-01 in the instance's region. */
  instancePassword(options: { caller: AccessKey; regionId: string; instanceId: string }): Promise<RegistryPassword>;
  /** Personal Edition: `GET /tokens` 2016-06-07. */
  personalPassword(options: { caller: AccessKey; regionId: string }): Promise<RegistryPassword>;
  /** ListInstance, every page, rows whose name equals `instanceName` exactly. */
  findInstances(options: { caller: AccessKey; regionId: string; instanceName: string }): Promise<CrInstance[]>;
  /** ListInstanceEndpoint: every domain of the instance, system and user, lower-cased. */
  instanceDomains(options: {
    caller: AccessKey;
    regionId: string;
    instanceId: string;
  }): Promise<{ domain: string; type: 'SYSTEM' | 'USER' }[]>;
}

/** What a registry says about itself in the challenge of `GET https://host/v2/`. */
export interface RegistryChallenge {
  realm: string;
  service: string;
  regionId?: string;
  /** `cri-…`; absent for Personal Edition. */
  instanceId?: string;
}

/** Asks a registry itself which instance it is. */
export interface RegistryProbePort {
  /** One unauthenticated request over TLS; sends no credential. @returns undefined when the host gives no ACR-shaped challenge. */
  challenge(host: string): Promise<RegistryChallenge | undefined>;
}

/** Who runs a role chain: this program (`resolve`), ECI (`forward`), or this program where it is trusted and else ECI (`auto`). */
export type DeliveryMode = 'resolve' | 'forward' | 'auto';

/** One pairing of the three ACR annotations. Source: ECI help centre, pull images from ACR without a secret. */
export interface AcrEntry {
  instanceId?: string;
  /** From the `region:` prefix of the id; absent means the component's own region. */
  regionId?: string;
  serviceRoleArn?: string;
  userRoleArn?: string;
}

/** A line for the user: becomes a Kubernetes event, and a line of `plan`. */
export interface Note {
  type: 'Normal' | 'Warning';
  reason: EventReasonName;
  message: string;
}

/** A credential written down by the user: an entry of an imagePullSecret. */
export interface PullSecretCredential extends ImageRegistryCredential {
  /** `namespace/name` of the Secret. */
  source: string;
}

/** What one Pod or ImageCache needs passwords for, and what it brings along. */
export interface CredentialRequest {
  /** Every image reference of the object, init containers included. */
  images: readonly string[];
  entries: readonly AcrEntry[];
  pullSecrets: readonly PullSecretCredential[];
  /** How long passwords must still be good for, milliseconds; shorter-lived ones are renewed first. Default two minutes. */
  minimumLifeMs?: number;
  /** Rather the failure of a renewal than a password that lives shorter than that: for renewing what somebody holds already. */
  freshOrFail?: boolean;
}

/** What was decided for one registry host. */
export type HostOutcome =
  | { host: string; kind: 'anonymous' }
  | { host: string; kind: 'pull-secret'; source: string }
  | { host: string; kind: 'same-account-default' }
  | { host: string; kind: 'not-owned'; instanceIds: string[] }
  | {
      host: string;
      kind: 'resolved';
      entry: AcrEntry;
      chain: string;
      instanceId?: string;
      regionId: string;
      expiresAtMs: number;
    }
  | {
      host: string;
      kind: 'forwarded';
      entry: AcrEntry;
      chain: string;
      /** Further entries that may serve the host; ECI finds out which does. */
      otherEntries?: AcrEntry[];
    };

/** The finished value that request building takes. */
export interface ResolvedCredentials {
  imageRegistryCredentials: ImageRegistryCredential[];
  acrRegistryInfos: AcrRegistryInfo[];
  hosts: HostOutcome[];
  notes: Note[];
  /** The earliest expiry of a resolved password, epoch milliseconds. */
  expiresAtMs?: number;
}

/** Resolves the credentials of one object. @throws CredentialError when a chain fails: nothing may be created then. */
export interface CredentialResolver {
  resolve(request: CredentialRequest): Promise<ResolvedCredentials>;
}
