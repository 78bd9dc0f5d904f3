/** What would be done for one registry host. */
export interface PlannedHost {
  host: string;
  images: readonly string[];
  /** What is handed over for this host, in a few words. */
  action: string;
  /** Every step from who starts to the registry, once per entry that is tried; empty when no chain runs. */
  chains: readonly (readonly string[])[];
  remark?: string;
}

/** What would be done for one object. A plain value: every output format prints this. */
export interface ObjectPlan {
  /** Kind and name as written, `Deployment/web`. */
  object: string;
  /** Absent for ImageCaches, which are cluster-scoped. */
  namespace?: string;
  file: string;
  document: number;
  hosts: readonly PlannedHost[];
  remarks: readonly string[];
  /** Name of the API action, and its parameters as they would be sent, without secrets. */
  action: 'CreateContainerGroup' | 'CreateImageCache';
  request: Readonly<Record<string, unknown>>;
}
