import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { parseContainerGroupStatus } from '../../../src/alibaba/eci-status-wire.ts';
import { parseContainerGroup, parseImageCache, updateParams } from '../../../src/alibaba/eci-wire.ts';
import { WireObject } from '../../../src/alibaba/wire-object.ts';

describe('answers of ECI', () => {
  it('are read into a container group, numbers given as text included', () => {
    const group = parseContainerGroup(
      new WireObject({
        ContainerGroupId: 'eci-1',
        Status: 'Running',
        Cpu: '2.0',
        Memory: 4,
        VSwitchId: 'vsw-1',
        Tags: [{ Key: 'k', Value: 'v' }, { Key: 'empty' }],
        Containers: [
          {
            Name: 'c',
            Ready: 'true',
            RestartCount: '3',
            CurrentState: { State: 'Terminated', ExitCode: '137', FinishTime: '2026-01-01T00:00:00Z' },
            PreviousState: {},
          },
        ],
        Events: [{ Type: 'Warning', Reason: 'NoStock', Count: 2 }],
        SomethingNew: { deep: true },
      }),
    );
    assert.deepEqual(group, {
      containerGroupId: 'eci-1',
      status: 'Running',
      vSwitchId: 'vsw-1',
      cpu: 2,
      memory: 4,
      tags: [
        { key: 'k', value: 'v' },
        { key: 'empty', value: '' },
      ],
      containers: [
        {
          name: 'c',
          ready: true,
          restartCount: 3,
          currentState: { state: 'Terminated', exitCode: 137, finishTime: '2026-01-01T00:00:00Z' },
          previousState: {},
        },
      ],
      initContainers: [],
      events: [{ type: 'Warning', reason: 'NoStock', count: 2 }],
    });
  });

  it('are read into a status although the case of names is mixed', () => {
    const status = parseContainerGroupStatus(
      new WireObject({
        ContainerGroupId: 'eci-1',
        Namespace: 'default',
        uuid: 'u-1',
        PodStatus: {
          Phase: 'Running',
          PodIps: [{ Ip: '10.0.0.1' }, {}],
          Conditions: [
            { type: 'Ready', status: 'True', lastTransitionTime: 't', Reason: 'r', Message: 'm' },
            { status: 'no type' },
          ],
          ContainerStatuses: [
            {
              Name: 'c',
              ImageID: 'sha256:1',
              RestartCount: 1,
              State: { Running: { StartedAtstartedAt: '2026-01-01T00:00:00Z' } },
              LastState: { Terminated: { ContainerID: 'x', ExitCode: 0, startedAt: 'a', FinishedAt: 'b' } },
            },
          ],
        },
      }),
    );
    assert.deepEqual(status, {
      containerGroupId: 'eci-1',
      namespace: 'default',
      uuid: 'u-1',
      phase: 'Running',
      podIps: ['10.0.0.1'],
      conditions: [{ type: 'Ready', status: 'True', reason: 'r', message: 'm', lastTransitionTime: 't' }],
      containerStatuses: [
        {
          name: 'c',
          imageId: 'sha256:1',
          restartCount: 1,
          state: { running: { startedAt: '2026-01-01T00:00:00Z' } },
          lastState: { terminated: { containerId: 'x', exitCode: 0, startedAt: 'a', finishedAt: 'b' } },
        },
      ],
    });
  });

  for (const spelling of ['StartedAt', 'startedAt', 'StartedAtstartedAt']) {
    it(`are read when the start is spelt ${spelling}`, () => {
      const status = parseContainerGroupStatus(
        new WireObject({
          ContainerGroupId: 'e',
          PodStatus: { ContainerStatuses: [{ Name: 'c', State: { Running: { [spelling]: 't' } } }] },
        }),
      );
      assert.equal(status?.containerStatuses[0]?.state?.running?.startedAt, 't');
    });
  }

  it('are read into an image cache', () => {
    assert.deepEqual(
      parseImageCache(new WireObject({ ImageCacheId: 'imc-1', Progress: '100%', Images: ['a', 7], Status: 'Ready' })),
      {
        imageCacheId: 'imc-1',
        status: 'Ready',
        progress: '100%',
        images: ['a'],
        tags: [],
        events: [],
      },
    );
  });

  it('never throw, whatever shape they have', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        for (const raw of [
          value,
          { ContainerGroupId: 'e', ImageCacheId: 'i', PodStatus: value, Tags: value, Containers: [value] },
        ]) {
          parseContainerGroup(new WireObject(raw));
          parseContainerGroupStatus(new WireObject(raw));
          parseImageCache(new WireObject(raw));
        }
      }),
      { numRuns: 100 },
    );
  });

  it('are dropped when they have no id', () => {
    assert.equal(parseContainerGroup(new WireObject({ Status: 'Running' })), undefined);
    assert.equal(parseContainerGroupStatus(new WireObject({ ContainerGroupId: '' })), undefined);
  });
});

describe('parameters of an update', () => {
  it('name the headers of a postStart handler in the plural, those of preStop not', () => {
    const header = [{ name: 'a', value: 'b' }];
    const params = updateParams({
      regionId: 'r',
      containerGroupId: 'eci-1',
      clientToken: 't',
      updateType: 'IncrementalUpdate',
      container: [
        {
          name: 'c',
          image: 'i',
          lifecyclePostStartHandlerHttpGetHttpHeader: header,
          lifecyclePreStopHandlerHttpGetHttpHeader: header,
        },
      ],
    });
    assert.deepEqual(
      Object.keys(params).filter((name) => name.includes('Header')),
      [
        'Container.1.LifecyclePostStartHandlerHttpGetHttpHeaders.1.Name',
        'Container.1.LifecyclePostStartHandlerHttpGetHttpHeaders.1.Value',
        'Container.1.LifecyclePreStopHandlerHttpGetHttpHeader.1.Name',
        'Container.1.LifecyclePreStopHandlerHttpGetHttpHeader.1.Value',
      ],
    );
  });
});
