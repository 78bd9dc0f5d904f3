/** Whether people should worry, and when it occurs. The reference page of events is generated from this table. */
export interface EventReason {
  type: 'Normal' | 'Warning';
  objects: readonly ('Pod' | 'ImageCache' | 'Node' | 'ConfigMap' | 'Secret' | 'ServiceAccount' | 'Namespace')[];
  when: string;
  remedy: string;
}

/** Every reason of an event or condition that this program writes. */
export const eventReasons = {
  ImageCredentialsResolved: {
    type: 'Normal',
    objects: ['Pod', 'ImageCache'],
    when: 'A role chain produced a registry password for at least one host. The message tells the chain and until when it holds.',
    remedy: 'Nothing to do.',
  },
  ImageCredentialsForwarded: {
    type: 'Normal',
    objects: ['Pod', 'ImageCache'],
    when: 'ECI was given the ids and role ARNs and runs the chain itself at each pull.',
    remedy: 'Nothing to do. To have faults found before creation, let the service role trust this component as well.',
  },
  PullSecretPreferred: {
    type: 'Normal',
    objects: ['Pod', 'ImageCache'],
    when: 'An imagePullSecrets entry and an ACR annotation cover the same host; the explicit Secret was used.',
    remedy: 'Remove the Secret from the object if the annotation should be used.',
  },
  ImageCredentialsFailed: {
    type: 'Warning',
    objects: ['Pod', 'ImageCache'],
    when: 'A role chain failed, so nothing was created. The message names the hop, the role, the code and the request id.',
    remedy: 'Follow the advice in the message; creation is tried again by itself.',
  },
  ImageCredentialsRenewalFailed: {
    type: 'Warning',
    objects: ['Pod'],
    when: 'The registry passwords of a running container group could not be renewed. The message names the hop and says until when those that it holds still serve; it runs on in any case, and only pulls need them.',
    remedy: 'Follow the advice in the message; renewal is tried again by itself.',
  },
  ProfileInvalid: {
    type: 'Warning',
    objects: ['ConfigMap'],
    when: 'A change of eci-profile cannot be used. None of it is: what was read before stays in force. The message names every key and value.',
    remedy:
      'Correct the ConfigMap; it is read again at once. Do so before the program is restarted, which needs a valid one.',
  },
  RegistryHostNotOwned: {
    type: 'Warning',
    objects: ['Pod', 'ImageCache'],
    when: 'No instance named in acr-instance-ids is proven to own the image host, so no password was handed out for it.',
    remedy: 'Correct the instance id or its region prefix, or bind the domain to the instance.',
  },
  PullSecretNotFound: {
    type: 'Warning',
    objects: ['Pod', 'ImageCache'],
    when: 'A Secret named in imagePullSecrets does not exist. A Pod goes on without it, an ImageCache waits.',
    remedy: 'Create the Secret, or remove it from the list.',
  },
  PullSecretInvalid: {
    type: 'Warning',
    objects: ['Pod', 'ImageCache'],
    when: 'A Secret named in imagePullSecrets is of another type or cannot be read as docker configuration.',
    remedy: 'Re-create it with `kubectl create secret docker-registry`.',
  },
  InvalidAnnotation: {
    type: 'Warning',
    objects: ['Pod', 'ImageCache'],
    when: 'An annotation under k8s.aliyun.com/ cannot be used; nothing was created. Each message names key, value and remedy.',
    remedy:
      'Correct the annotation: a Pod that is held is then created at once, an ImageCache made. Correct the Pod template as well, or its controller repeats the mistake.',
  },
  AnnotationIgnored: {
    type: 'Warning',
    objects: ['Pod', 'ImageCache'],
    when: 'An annotation has no effect in this combination, or was overruled by another one.',
    remedy: 'Remove one of the two.',
  },
  UnsupportedPodSpec: {
    type: 'Warning',
    objects: ['Pod'],
    when: 'A field of the Pod cannot be honoured on ECI. The message names the field and says whether the Pod is held.',
    remedy: 'Remove the field, or run the Pod on an ordinary node.',
  },
  DaemonSetNotSupported: {
    type: 'Warning',
    objects: ['Pod'],
    when: 'The Pod belongs to a DaemonSet, which makes no sense on a virtual node. It is held.',
    remedy: 'Exclude the virtual node from the DaemonSet by node affinity on the label type=virtual-kubelet.',
  },
  OptionalConfigMapNotFound: {
    type: 'Warning',
    objects: ['Pod'],
    when: 'A ConfigMap that the Pod marks as optional does not exist. The Pod was created without it; variables and files do not come later.',
    remedy: 'Create the ConfigMap and the Pod again if it should have it.',
  },
  OptionalConfigMapKeyNotFound: {
    type: 'Warning',
    objects: ['Pod'],
    when: 'A key of a ConfigMap that the Pod marks as optional does not exist. The Pod was created without it.',
    remedy: 'Add the key and create the Pod again if it should have it.',
  },
  OptionalSecretNotFound: {
    type: 'Warning',
    objects: ['Pod'],
    when: 'A Secret that the Pod marks as optional does not exist. The Pod was created without it; variables and files do not come later.',
    remedy: 'Create the Secret and the Pod again if it should have it.',
  },
  OptionalSecretKeyNotFound: {
    type: 'Warning',
    objects: ['Pod'],
    when: 'A key of a Secret that the Pod marks as optional does not exist. The Pod was created without it.',
    remedy: 'Add the key and create the Pod again if it should have it.',
  },
  MandatoryConfigMapNotFound: {
    type: 'Warning',
    objects: ['Pod'],
    when: 'A ConfigMap that the Pod needs does not exist. The Pod waits; nothing was asked of the cloud.',
    remedy: 'Create the ConfigMap: the Pod then starts by itself. Or mark the reference as optional.',
  },
  MandatoryConfigMapKeyNotFound: {
    type: 'Warning',
    objects: ['Pod'],
    when: 'A key of a ConfigMap that the Pod needs does not exist. The Pod waits.',
    remedy: 'Add the key, or correct its name in the Pod. Keys under binaryData can be files, not variables.',
  },
  MandatorySecretNotFound: {
    type: 'Warning',
    objects: ['Pod'],
    when: 'A Secret that the Pod or its volume needs does not exist. The Pod waits; nothing was asked of the cloud.',
    remedy: 'Create the Secret: the Pod then starts by itself. Or mark the reference as optional.',
  },
  MandatorySecretKeyNotFound: {
    type: 'Warning',
    objects: ['Pod'],
    when: 'A key of a Secret that the Pod or its volume needs does not exist. The Pod waits.',
    remedy: 'Add the key, or correct its name in the Pod.',
  },
  FailedToReadOptionalConfigMap: {
    type: 'Warning',
    objects: ['Pod'],
    when: 'The API server refuses to let this program read a ConfigMap that the Pod marks as optional. Whether it exists is not known, so the Pod waits.',
    remedy: 'Allow the ServiceAccount of eci-kubelet to get ConfigMaps of the namespace (deploy/rbac.yaml).',
  },
  FailedToReadMandatoryConfigMap: {
    type: 'Warning',
    objects: ['Pod'],
    when: 'The API server refuses to let this program read a ConfigMap that the Pod needs. The Pod waits.',
    remedy: 'Allow the ServiceAccount of eci-kubelet to get ConfigMaps of the namespace (deploy/rbac.yaml).',
  },
  FailedToReadOptionalSecret: {
    type: 'Warning',
    objects: ['Pod'],
    when: 'The API server refuses to let this program read a Secret that the Pod marks as optional. Whether it exists is not known, so the Pod waits.',
    remedy: 'Allow the ServiceAccount of eci-kubelet to get Secrets of the namespace (deploy/rbac.yaml).',
  },
  FailedToReadMandatorySecret: {
    type: 'Warning',
    objects: ['Pod'],
    when: 'The API server refuses to let this program read a Secret that the Pod or its volume needs. The Pod waits.',
    remedy: 'Allow the ServiceAccount of eci-kubelet to get Secrets of the namespace (deploy/rbac.yaml).',
  },
  InvalidEnvironmentVariableNames: {
    type: 'Warning',
    objects: ['Pod'],
    when: 'Keys of a ConfigMap or Secret under envFrom are no names of variables at ECI, which takes letters, digits and underscores. They are left out.',
    remedy: 'Rename the keys, take single ones with env and a name of your own, or mount them as files.',
  },
  InvalidEnvironmentVariableValues: {
    type: 'Warning',
    objects: ['Pod'],
    when: 'Values of a Secret under envFrom are not UTF-8 text, and ECI takes only text. They are left out.',
    remedy: 'Mount the Secret as files.',
  },
  ServiceVariablesLeftOut: {
    type: 'Warning',
    objects: ['Pod'],
    when: 'The namespace has more Services than there is room for among the 240 variables of a container. Only those of the API server are there, or none.',
    remedy: 'Look up Services by DNS, and set enableServiceLinks: false in the Pod.',
  },
  ServiceAccountNotFound: {
    type: 'Warning',
    objects: ['Pod'],
    when: 'The ServiceAccount of the Pod does not exist, so that it can have no token. The Pod waits.',
    remedy: 'Create the ServiceAccount: the Pod then starts by itself.',
  },
  PersistentVolumeClaimNotFound: {
    type: 'Warning',
    objects: ['Pod'],
    when: 'A PersistentVolumeClaim that the Pod mounts does not exist. The Pod waits.',
    remedy: 'Create the claim: the Pod then starts by itself.',
  },
  PersistentVolumeClaimNotBound: {
    type: 'Warning',
    objects: ['Pod'],
    when: 'A PersistentVolumeClaim that the Pod mounts is not bound to a volume yet. The Pod waits.',
    remedy:
      'See the events of the claim. Use a StorageClass with volumeBindingMode Immediate, or a static PersistentVolume.',
  },
  PersistentVolumeNotFound: {
    type: 'Warning',
    objects: ['Pod'],
    when: 'The PersistentVolume that a claim is bound to does not exist. The Pod waits.',
    remedy: 'Restore the PersistentVolume, or delete and create the claim again.',
  },
  FailedToReadPersistentVolume: {
    type: 'Warning',
    objects: ['Pod'],
    when: 'The API server refuses to let this program read a PersistentVolumeClaim or its PersistentVolume. The Pod waits.',
    remedy: 'Allow the ServiceAccount of eci-kubelet to get both (deploy/rbac.yaml).',
  },
  TokenExpiresSoon: {
    type: 'Warning',
    objects: ['Pod'],
    when: 'A ServiceAccount token in the files of a running Pod ends within a day. Files of a container group cannot be renewed.',
    remedy:
      'Create the Pod again before the time in the message, or ask for a longer life with --token-minimum-lifetime.',
  },
  ProviderCreateSuccess: {
    type: 'Normal',
    objects: ['Pod'],
    when: 'ECI accepted the container group.',
    remedy: 'Nothing to do.',
  },
  ProviderCreateFailed: {
    type: 'Warning',
    objects: ['Pod'],
    when: 'ECI refused the container group or did not answer. The message has the code and the request id.',
    remedy: 'Follow the advice in the message; creation is tried again by itself.',
  },
  PlacementRotated: {
    type: 'Normal',
    objects: ['Pod'],
    when: 'The attempt before found no machines or addresses, so this one names the vSwitches, or the instance types, in another order.',
    remedy: 'Nothing to do. More vSwitches in other zones, or more types in eci-use-specs, raise the odds.',
  },
  SpotDegraded: {
    type: 'Normal',
    objects: ['Pod'],
    when: 'No spot instance was to be had, and eci-spot-fallback lets the Pod have a pay-as-you-go instance.',
    remedy: 'Nothing to do. Leave eci-spot-fallback out to wait for a spot instance instead.',
  },
  ImageCacheMatched: {
    type: 'Normal',
    objects: ['Pod'],
    when: 'An image cache holds as many images as imc-perfect-match or imc-match-count-request asks for; the Pod is created from it.',
    remedy: 'Nothing to do.',
  },
  ImageCacheNotMatched: {
    type: 'Normal',
    objects: ['Pod'],
    when: 'No image cache that is Ready holds enough of the images. The Pod is created without one and pulls them.',
    remedy: 'Create an ImageCache with these images, or ask for fewer.',
  },
  ImageCacheLookupFailed: {
    type: 'Warning',
    objects: ['Pod'],
    when: 'The image caches could not be looked up. The Pod is created without one: a cache only saves time.',
    remedy: 'Allow eci:DescribeImageCaches to the component, if the code in the message is about permission.',
  },
  ProviderAdopted: {
    type: 'Normal',
    objects: ['Pod', 'ImageCache'],
    when: 'A resource created before a restart or a lost answer was found by its tags and taken over.',
    remedy: 'Nothing to do.',
  },
  ProviderUpdateSuccess: {
    type: 'Normal',
    objects: ['Pod'],
    when: 'ECI accepted the change of an image of a running Pod; it starts the containers anew and keeps the address.',
    remedy: 'Nothing to do.',
  },
  ProviderUpdateFailed: {
    type: 'Warning',
    objects: ['Pod'],
    when: 'An image of a running Pod was changed and the container group could not be given it. The old image goes on running.',
    remedy: 'Follow the message; it is tried again by itself. Deleting the Pod always works.',
  },
  AnnotationChangedTooLate: {
    type: 'Normal',
    objects: ['Pod'],
    when: 'An annotation under k8s.aliyun.com/ was changed on a Pod that has a container group: they are read at creation only.',
    remedy: 'Delete the Pod to have the change take effect.',
  },
  DeadlineExceeded: {
    type: 'Normal',
    objects: ['Pod'],
    when: 'The Pod was active for longer than its activeDeadlineSeconds. It is Failed and its container group is deleted.',
    remedy: 'Raise the deadline, or find out what takes so long.',
  },
  PodRemovedEarly: {
    type: 'Warning',
    objects: ['Pod'],
    when: 'The time of --force-remove-after was over while the container group of a deleted Pod still existed. The Pod is gone, the deletion of the group goes on.',
    remedy: 'Find out why ECI does not end the container group.',
  },
  ProviderDeleteSuccess: {
    type: 'Normal',
    objects: ['Pod'],
    when: 'ECI accepted the deletion of the container group.',
    remedy: 'Nothing to do.',
  },
  ProviderDeleteForced: {
    type: 'Warning',
    objects: ['Pod'],
    when: 'The container group still ran after its grace period and was deleted by force.',
    remedy: 'Let the containers end on SIGTERM, or give the Pod a longer terminationGracePeriodSeconds.',
  },
  ProviderDeleteFailed: {
    type: 'Warning',
    objects: ['Pod', 'ImageCache'],
    when: 'ECI refused the deletion. It is tried again until it succeeds.',
    remedy: 'Check the permissions of the component and the code in the message.',
  },
  ProviderFailed: {
    type: 'Warning',
    objects: ['Pod'],
    when: 'Status reason of a Pod whose container group cannot be created as things stand.',
    remedy: 'See the events of the Pod.',
  },
  InstanceLost: {
    type: 'Warning',
    objects: ['Pod'],
    when: 'The container group of a running Pod is proven to be gone. The Pod is marked Failed so that its controller replaces it.',
    remedy: 'Look for who deleted the container group outside Kubernetes.',
  },
  OrphanDeleted: {
    type: 'Normal',
    objects: ['Node'],
    when: 'A container group of this node had no Pod any more for five minutes and was deleted.',
    remedy: 'Nothing to do.',
  },
  OrphanFound: {
    type: 'Warning',
    objects: ['Node'],
    when: 'A container group of this node has no Pod any more, and --orphans=report forbids to delete it.',
    remedy: 'Delete the container group, or let --orphans=delete do it.',
  },
  OrphanSweepStopped: {
    type: 'Warning',
    objects: ['Node'],
    when: 'So many container groups seem to have lost their Pods that none is deleted: a wrong kubeconfig, an emptied or restored cluster looks exactly like this.',
    remedy:
      'See the page about orphans: either point the program to the right cluster, or confirm the number on the Node.',
  },
  ServingCertificatePending: {
    type: 'Warning',
    objects: ['Node'],
    when: 'With --kubelet-tls=csr: the certificate of the kubelet API waits for approval, was refused, or could not be asked for.',
    remedy: 'Approve the request that the message names. Until then API servers that verify certificates get no logs.',
  },
  InvalidSpec: {
    type: 'Warning',
    objects: ['ImageCache'],
    when: 'The spec cannot be used; nothing was created.',
    remedy: 'Delete the ImageCache and create it with a valid spec.',
  },
  Creating: {
    type: 'Normal',
    objects: ['ImageCache'],
    when: 'ECI accepted the image cache. The message has its id.',
    remedy: 'Nothing to do.',
  },
  CreateImageCacheFailed: {
    type: 'Warning',
    objects: ['ImageCache'],
    when: 'ECI refused the image cache. The message has the code and the request id.',
    remedy: 'Follow the advice in the message.',
  },
  Ready: {
    type: 'Normal',
    objects: ['ImageCache'],
    when: 'The image cache can be used.',
    remedy: 'Nothing to do.',
  },
  Failed: {
    type: 'Warning',
    objects: ['ImageCache'],
    when: 'ECI could not make the image cache, usually because an image could not be pulled. It is not tried again by itself.',
    remedy: 'Read the message, correct the cause, delete the ImageCache and create it again.',
  },
  Expired: {
    type: 'Warning',
    objects: ['ImageCache'],
    when: 'The image cache no longer exists at ECI: its retention ended or somebody deleted it.',
    remedy: 'Delete the ImageCache and create it again if it is still wanted.',
  },
  SpecChangeIgnored: {
    type: 'Warning',
    objects: ['ImageCache'],
    when: 'The spec was changed after the cache had been created. Caches are immutable.',
    remedy: 'Delete the ImageCache and create it again with the new spec.',
  },
  ECIAnswers: {
    type: 'Normal',
    objects: ['Node'],
    when: 'Condition ECIReachable=True: the last listing of container groups succeeded.',
    remedy: 'Nothing to do.',
  },
  ECINotAskedYet: {
    type: 'Normal',
    objects: ['Node'],
    when: 'Condition ECIReachable=Unknown: nothing was asked since the start.',
    remedy: 'Nothing to do; the first answer comes within seconds.',
  },
  ECIUnreachable: {
    type: 'Warning',
    objects: ['Node'],
    when: 'Condition ECIReachable=False: no usable answer came to the last listing of container groups. Pods run on, and their last state stands.',
    remedy: 'Look at the network between this component and ECI, and at the status page of the cloud.',
  },
  ECIThrottled: {
    type: 'Warning',
    objects: ['Node'],
    when: 'Condition ECIReachable=False: ECI refused the last listing because the account makes too many calls.',
    remedy: 'Find out who else calls ECI in this region, or have the limit raised and set it with --rate-limits.',
  },
  ECIRefused: {
    type: 'Warning',
    objects: ['Node'],
    when: 'Condition ECIReachable=False: ECI refused the last listing for another reason, such as a missing permission or an expired key.',
    remedy: 'Follow the message of the condition; docs/identities.md has the permissions.',
  },
  ConfigInvalid: {
    type: 'Warning',
    objects: ['ConfigMap'],
    when: 'A key of acr-configuration cannot be used, or the ConfigMap is gone. The message names the key, the line and the column. The last good value stays in force; without one, nothing is written.',
    remedy: 'Correct the key; it is read again at once. docs/acr-configuration.md shows the usual mistakes.',
  },
  ConfigWarning: {
    type: 'Warning',
    objects: ['ConfigMap'],
    when: 'Something in acr-configuration is odd, and the message says what was made of it.',
    remedy: 'Nothing, if that is what was meant. Otherwise correct the key that the message names.',
  },
  EntryInvalid: {
    type: 'Warning',
    objects: ['ConfigMap'],
    when: 'A field of an entry of acr-registry-info is out of range or contradicts another one. The message says whether the entry works all the same; other entries are not touched.',
    remedy: 'Correct the field that the message names.',
  },
  EntryUnsupported: {
    type: 'Warning',
    objects: ['ConfigMap'],
    when: 'An entry of acr-registry-info cannot be served in this way: Personal Edition with RRSA, a Personal Edition instance of the new kind, or a role in another account with the managed role. Nothing is asked of the cloud for it.',
    remedy: 'Take the alternative that the message names.',
  },
  CredentialFetchFailed: {
    type: 'Warning',
    objects: ['ConfigMap'],
    when: 'No password was to be had for an entry. The message names the step, the code and the request id. Credentials that still live stay in place.',
    remedy: 'Follow the advice in the message; it is tried again by itself.',
  },
  CredentialExpired: {
    type: 'Warning',
    objects: ['ConfigMap'],
    when: 'The password of an entry could not be renewed until it ran out. Its hosts were taken out of the Secrets, so that public images of these hosts can be pulled again.',
    remedy: 'See the CredentialFetchFailed events; the hosts come back with the first success.',
  },
  CredentialsRefreshed: {
    type: 'Normal',
    objects: ['ConfigMap'],
    when: 'An entry has its first password, or one again after failures. The message says when it is renewed.',
    remedy: 'Nothing to do.',
  },
  SecretConflict: {
    type: 'Warning',
    objects: ['Secret'],
    when: 'The namespace has a Secret acr-credential-secret-aggregation that this program did not make. It is left alone, and no ServiceAccount of the namespace is attached.',
    remedy: 'Rename or delete that Secret, or start the credential helper with --adopt-existing.',
  },
  SecretWriteFailed: {
    type: 'Warning',
    objects: ['Namespace'],
    when: 'The API server refuses to have the Secret acr-credential-secret-aggregation of the namespace read or written, for example for a quota, a policy or a missing right. Pods of the namespace get no fresh credentials.',
    remedy: 'Follow the message; it is tried again by itself.',
  },
  AttachFailed: {
    type: 'Warning',
    objects: ['ServiceAccount'],
    when: 'The Secret could not be added to the imagePullSecrets of the ServiceAccount, or somebody keeps removing it. The message says who wrote the list last, where the API server knows.',
    remedy: 'Have that program leave imagePullSecrets alone, or list the Secret there itself.',
  },
} as const satisfies Readonly<Record<string, EventReason>>;

/** The name of a reason in the table. */
export type EventReasonName = keyof typeof eventReasons;
