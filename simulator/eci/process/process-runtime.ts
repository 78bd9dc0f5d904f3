/**
 * Containers as processes of this machine: each in a sandbox of bubblewrap, those of a group in one network namespace whose address
 * can be reached from the machine. Needs Linux and root. Everything is removed at the end, and by the next start after a kill.
 */
import { mkdir, rm } from 'node:fs/promises';
import type { Fixture } from '../../fixtures/fixture.ts';
import type { SimClock } from '../../types.ts';
import type { ExecProcess } from '../exec/exec-process.ts';
import type { AddressClaims } from '../group/address-pool.ts';
import type { ContainerGroup, GroupContainer } from '../group/container-group.ts';
import type { ContainerRuntime } from '../group/container-runtime.ts';
import { imagesByReference } from '../group/exit-plan.ts';
import { readImageReference } from '../pull/image-reference.ts';
import { createAddressClaims } from './address-claims.ts';
import { findCgroups } from './cgroups.ts';
import type { Cgroups } from './cgroups.ts';
import { cleanUpAfter } from './clean-up.ts';
import { containerCommand } from './container-command.ts';
import { containerEnvironment, hostName } from './container-environment.ts';
import { failedExec } from './failed-exec.ts';
import { createGroupNetworks } from './group-networks.ts';
import type { GroupNamespace, GroupNetworks } from './group-networks.ts';
import { GroupVolumes } from './group-volumes.ts';
import { startGuard } from './guard.ts';
import { writeInstanceFiles } from './instance-files.ts';
import { launch, supportsWritablePrograms } from './launch.ts';
import { ownedNames } from './owned-names.ts';
import type { OwnedNames } from './owned-names.ts';
import { createPipes } from './pipes.ts';
import { privilegeArguments, privilegeProblem } from './privileges.ts';
import { runInContainer } from './process-exec.ts';
import { ProcessInstance } from './process-instance.ts';
import { registerSimulator } from './registration.ts';
import { findRootEntries } from './root-entries.ts';
import { findTools } from './tools.ts';
import type { Tools } from './tools.ts';

/** What one group has on this machine. */
interface GroupSandbox {
  readonly namespace: Promise<GroupNamespace>;
  readonly folder: string;
  readonly volumes: GroupVolumes;
}

/** What all groups share. */
interface Machine {
  readonly tools: Tools;
  readonly names: OwnedNames;
  readonly networks: GroupNetworks;
  readonly cgroups: Cgroups | undefined;
  readonly hasWritablePrograms: boolean;
}

/** A runtime that holds on to the machine until it is closed. */
export interface ProcessRuntime extends ContainerRuntime {
  /** To be used for the addresses of groups. */
  readonly claims: AddressClaims;
  /** Ends every process and removes everything. */
  close(): Promise<void>;
}

/**
 * Prepares this machine to run containers.
 * @throws Error in one line that says what is missing.
 */
export async function createProcessRuntime(options: {
  fixture: Pick<Fixture, 'accounts' | 'images'>;
  clock: Pick<SimClock, 'nowMs' | 'at'>;
}): Promise<ProcessRuntime> {
  const { fixture, clock } = options;
  const { pid } = process;
  const tools = findTools();
  const cidrBlocks = fixture.accounts.flatMap(({ vSwitches = [] }) => vSwitches.map(({ cidrBlock }) => cidrBlock));
  const blockOf = (vSwitchId: string): string | undefined =>
    fixture.accounts.flatMap(({ vSwitches = [] }) => vSwitches).find((candidate) => candidate.vSwitchId === vSwitchId)
      ?.cidrBlock;
  await registerSimulator(pid, tools);
  const names = ownedNames(pid);
  let machine: Machine;
  try {
    machine = {
      tools,
      names,
      networks: await createGroupNetworks(pid, { tools, cidrBlocks }),
      cgroups: findCgroups(names.cgroup),
      hasWritablePrograms: await supportsWritablePrograms(tools, `${names.directory}/probe`),
    };
  } catch (error) {
    await cleanUpAfter(pid, tools);
    throw error;
  }
  const stopGuard = startGuard(names.namespacePrefix, tools);
  const images = imagesByReference(fixture.images);
  const imageOf = ({ requested }: GroupContainer) => images.get(readImageReference(requested.Image)?.normalised ?? '');
  const sandboxes = new Map<ContainerGroup, GroupSandbox>();
  const instances = new Map<GroupContainer, ProcessInstance>();
  let count = 0;

  return {
    claims: createAddressClaims(pid),
    prepare: async (group) => {
      const { network } = group;
      const folder = `${names.directory}/${group.id}`;
      const place = { address: network.intranetIp, cidrBlock: blockOf(network.vSwitchId) ?? '' };
      const sandbox: GroupSandbox = {
        folder,
        namespace: machine.networks.create(place),
        volumes: new GroupVolumes({
          group: `${folder}/volumes`,
          memory: `${names.memoryDirectory}/${group.id}`,
          shared: `${names.directory}/shared`,
        }),
      };
      sandboxes.set(group, sandbox);
      await Promise.all([mkdir(folder, { recursive: true }), sandbox.namespace]);
    },
    start: ({ group, container, log }, listener) => {
      count += 1;
      const name = `${container.name}-${count}`;
      const { Memory: gibibytes = 0 } = container.requested;
      const limitBytes = gibibytes > 0 ? Math.floor(gibibytes * 2 ** 30) : undefined;
      const cgroup = machine.cgroups?.create(`${group.id}-${name}`, limitBytes);
      const instance = new ProcessInstance({
        ...{ clock, tools, group, container, log, listener, cgroup },
        begin: () =>
          beginInstance({ group, container, image: imageOf(container) }, { machine, name, cgroup, sandboxes }),
      });
      instances.set(container, instance);
      return instance;
    },
    exec: ({ container, request }): ExecProcess => {
      const enterable = instances.get(container)?.enterable;
      if (enterable === undefined) {
        return failedExec('the container does not run');
      }
      try {
        return runInContainer(enterable, request, tools);
      } catch (error) {
        // The container ends at this moment, and its files with it.
        return failedExec(error instanceof Error ? error.message : String(error));
      }
    },
    filesChanged: (group) => {
      const volumes = group.request.Volume ?? [];
      // A volume that cannot be written shows at the next start of a container.
      void sandboxes
        .get(group)
        ?.volumes.refresh(volumes)
        .catch(() => undefined);
    },
    release: async (group) => {
      for (const container of [...group.initContainers, ...group.containers]) {
        instances.delete(container);
      }
      const sandbox = sandboxes.get(group);
      sandboxes.delete(group);
      if (sandbox !== undefined) {
        const namespace = await sandbox.namespace.catch(() => undefined);
        await namespace?.remove();
        await rm(sandbox.folder, { recursive: true, force: true });
        await rm(`${names.memoryDirectory}/${group.id}`, { recursive: true, force: true });
      }
    },
    close: async () => {
      await Promise.all([...instances.values()].map((instance) => instance.stop(0)));
      await cleanUpAfter(pid, tools);
      stopGuard();
    },
  };
}

async function beginInstance(
  {
    group,
    container,
    image,
  }: {
    group: ContainerGroup;
    container: GroupContainer;
    image: NonNullable<Fixture['images']>[number] | undefined;
  },
  {
    machine,
    name,
    cgroup,
    sandboxes,
  }: {
    machine: Machine;
    name: string;
    cgroup: { processesFile: string } | undefined;
    sandboxes: ReadonlyMap<ContainerGroup, GroupSandbox>;
  },
): ReturnType<ConstructorParameters<typeof ProcessInstance>[0]['begin']> {
  const { requested } = container;
  const problem = privilegeProblem(requested);
  if (problem !== undefined) {
    throw new Error(problem);
  }
  const sandbox = sandboxes.get(group);
  if (sandbox === undefined) {
    throw new Error('the group is gone');
  }
  const { path: namespace } = await sandbox.namespace;
  const mounts = await sandbox.volumes.mountsOf(requested, group.request.Volume ?? []);
  const folder = `${sandbox.folder}/${name}`;
  const { files, messageFile, scratch } = await writeInstanceFiles(folder, { group, container });
  const environment = containerEnvironment(group, container, image);
  const workingDirectory = requested.WorkingDir || image?.workingDir || '/';
  const privileges = privilegeArguments(requested);
  const processesFile = cgroup?.processesFile;
  const isMountedOver = (path: string): boolean => mounts.some((mount) => mount.path === path);
  const pipes = createPipes({ parent: folder, hasInput: requested.Stdin === true }, machine.tools);
  const launched = launch({
    tools: machine.tools,
    namespace,
    processesFile,
    scratch: machine.hasWritablePrograms ? scratch : undefined,
    sandbox: {
      rootEntries: findRootEntries(),
      hostName: hostName(group),
      environment,
      workingDirectory,
      files: files.filter(({ path }) => !isMountedOver(path)),
      mounts,
      hasReadOnlyRoot: requested.SecurityContext?.ReadOnlyRootFilesystem === true,
    },
    privileges,
    command: containerCommand(requested, image),
    hasTerminal: requested.Tty === true,
    pipes,
  });
  const enterable = { environment, workingDirectory, privileges, processesFile, folder };
  return { launched, pipes, messageFile, enterable };
}
