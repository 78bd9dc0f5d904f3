/** What is assumed for an action whose limit is not published. */
export const UNPUBLISHED_LIMIT_PER_MINUTE = 500;

/**
 * Documented calls per minute, per account and region. Limits of an account can be raised by a ticket; the option that
 * overrides them exists for that.
 *
 * Source: ECI help centre, Limits; RAM documentation, FAQ about RAM roles and STS tokens. The three registry rows are not
 * documented by the service: they are the 15 calls per second that Harbor's adapter for this registry keeps to.
 */
export const limitsPerMinute: Readonly<Record<string, number>> = {
  DescribeContainerGroups: 2000,
  DescribeContainerGroupMetric: 2000,
  CreateContainerGroup: 1000,
  DeleteContainerGroup: 1000,
  DescribeContainerGroupPrice: 1000,
  UpdateContainerGroup: 500,
  RestartContainerGroup: 500,
  ExecContainerCommand: 500,
  DescribeContainerLog: 500,
  DescribeMultiContainerGroupMetric: 500,
  CreateImageCache: 200,
  AssumeRole: 6000,
  AssumeRoleWithOIDC: 6000,
  GetAuthorizationToken: 900,
  ListInstance: 900,
  ListInstanceEndpoint: 900,
};
