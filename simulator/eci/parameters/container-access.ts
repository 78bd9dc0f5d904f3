import { flag, integer, jsonList, required, text } from './grammar.ts';
import { identifier, regionId } from './names.ts';

const target = {
  RegionId: regionId,
  ContainerGroupId: required(identifier),
  ContainerName: required(text({ min: 1, max: 128 })),
};

/** DescribeContainerLog. Source: ECI API reference, DescribeContainerLog. */
export const describeContainerLog = {
  ...target,
  Tail: integer(1, 2000),
  LimitBytes: integer(1, 1_048_576),
  SinceSeconds: integer(1),
  StartTime: text({ pattern: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z$/ }),
  LastTime: flag(),
  Timestamps: flag(),
};

/** ExecContainerCommand. The bounds of the command have a code of their own, so the action checks them. */
export const execContainerCommand = {
  ...target,
  Command: required(jsonList(Number.MAX_SAFE_INTEGER)),
  TTY: flag(),
  Stdin: flag(),
  Sync: flag(),
};
