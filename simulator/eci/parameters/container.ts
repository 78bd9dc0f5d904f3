import { choice, decimal, flag, group, integer, list, required, text } from './grammar.ts';
import type { Read } from './grammar.ts';

const port = integer(1, 65_535);
const sysctlName = text({ min: 1, max: 255 });

/** A list of names and values. */
export const namedValues = list(group({ Name: required(sysctlName), Value: text() }), 100);

/** Members of a container and of an init container alike. Source: ECI API reference, CreateContainerGroup. */
const anyContainer = {
  Name: required(text({ min: 1, max: 128, pattern: /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/ })),
  Image: required(text({ min: 1, max: 255, pattern: /^[^\s]+$/ })),
  ImagePullPolicy: choice('Always', 'IfNotPresent', 'Never'),
  Command: list(text(), 100),
  Arg: list(text(), 100),
  WorkingDir: text(),
  Cpu: decimal(0, 64),
  Memory: decimal(0, 512),
  Gpu: integer(0, 64),
  EnvironmentVar: list(
    group({
      Key: required(text({ min: 1, max: 128, pattern: /^[A-Za-z_][A-Za-z0-9_]*$/ })),
      Value: text(),
      FieldRef: group({ FieldPath: required(choice('status.podIP')) }),
    }),
    240,
  ),
  Port: list(group({ Port: required(port), Protocol: choice('TCP', 'UDP') }), 100),
  VolumeMount: list(
    group({
      Name: required(text({ min: 1 })),
      MountPath: required(text({ min: 1 })),
      ReadOnly: flag(),
      SubPath: text(),
      // `HostToCotainer` is the spelling of the field's own documentation.
      MountPropagation: choice('None', 'HostToCotainer', 'HostToContainer', 'Bidirectional'),
    }),
    100,
  ),
  SecurityContext: group({
    RunAsUser: integer(),
    ReadOnlyRootFilesystem: flag(),
    Capability: group({ Add: list(text({ min: 1 }), 40) }),
  }),
  TerminationMessagePath: text(),
  TerminationMessagePolicy: choice('File', 'FallbackToLogsOnError'),
};

const probe = group({
  HttpGet: group({ Path: text(), Port: required(port), Scheme: choice('HTTP', 'HTTPS') }),
  Exec: group({ Command: list(text(), 20) }),
  TcpSocket: group({ Port: required(port) }),
  InitialDelaySeconds: integer(),
  PeriodSeconds: integer(1),
  TimeoutSeconds: integer(1),
  SuccessThreshold: integer(1),
  FailureThreshold: integer(1),
});

const ordinaryContainer = {
  ...anyContainer,
  EnvironmentVarHide: flag(),
  LivenessProbe: probe,
  ReadinessProbe: probe,
  LifecyclePostStartHandlerExec: list(text(), 20),
  LifecyclePostStartHandlerHttpGetHost: text(),
  LifecyclePostStartHandlerHttpGetPath: text(),
  LifecyclePostStartHandlerHttpGetPort: port,
  LifecyclePostStartHandlerHttpGetScheme: choice('HTTP', 'HTTPS'),
  LifecyclePostStartHandlerTcpSocketHost: text(),
  LifecyclePostStartHandlerTcpSocketPort: port,
  LifecyclePreStopHandlerExec: list(text(), 20),
  LifecyclePreStopHandlerHttpGetHost: text(),
  LifecyclePreStopHandlerHttpGetPath: text(),
  LifecyclePreStopHandlerHttpGetPort: port,
  LifecyclePreStopHandlerHttpGetScheme: choice('HTTP', 'HTTPS'),
  LifecyclePreStopHandlerHttpGetHttpHeader: namedValues,
  LifecyclePreStopHandlerTcpSocketHost: text(),
  LifecyclePreStopHandlerTcpSocketPort: port,
  SecurityContextRunAsGroup: integer(),
  SecurityContextRunAsNonRoot: flag(),
  SecurityContextPrivileged: flag(),
  Stdin: flag(),
  StdinOnce: flag(),
  Tty: flag(),
};

/** An ordinary container. The lifecycle handlers are flat names: no dot between `Handler` and `HttpGet`. */
export const container = group({ ...ordinaryContainer, LifecyclePostStartHandlerHttpGetHttpHeader: namedValues });

/** The same in an update, where one name is in the plural. Source: ECI API reference, UpdateContainerGroup. */
export const updatedContainer = group({
  ...ordinaryContainer,
  LifecyclePostStartHandlerHttpGetHttpHeaders: namedValues,
});

/** An init container: no probes, no lifecycle. */
export const initContainer = group(anyContainer);

/** A container as an update requests it. */
export type UpdatedContainer = Read<typeof updatedContainer>;

/** A container as requested. */
export type RequestedContainer = Read<typeof container>;
