import type { Scenario } from './scenario.ts';

/** See the page. */
export const podScenarios: readonly Scenario[] = [
  {
    id: 'P1',
    claim: 'A Pod that is bound is created once at the cloud and becomes Running and Ready with an address.',
    tests: [
      'test/integration/samples.test.ts: bring every Pod to Running with an address',
      'test/integration/samples.test.ts: make one create call for each Pod and each cache',
      'test/unit/node/pod-controller/creating.test.ts: creates once and writes id, conditions and status with one patch',
    ],
    beyond: 'Four writes to the API server in all.',
  },
  {
    id: 'P2',
    claim: 'A Pod that is deleted keeps its grace, its containers end, and then the object goes.',
    tests: [
      'test/integration/pod-deletion.test.ts: keeps the object with its grace until the group is gone',
      'test/integration/real-containers.test.ts: postStart has run when the container goes on, and preStop runs at the deletion',
    ],
    beyond: 'Absence at the cloud is proven before the object goes.',
  },
  {
    id: 'P3',
    claim: 'A Pod deleted without grace is gone at once, and its container group follows.',
    tests: [
      'test/unit/node/pod-controller/ending.test.ts: deletes the instance by force when the Pod vanishes',
      'test/integration/pod-deletion.test.ts: without grace removes the object at once, and the group follows',
    ],
  },
  {
    id: 'P4',
    claim: 'A container group that is not there any more counts as deleted.',
    tests: [
      'test/integration/spot-and-stock.test.ts: lets a Pod go whose group was removed behind its back',
      'test/unit/node/decide.test.ts: removes the object once absence is proven',
    ],
  },
  {
    id: 'P5',
    claim: 'A terminal phase with a reason is visible before the object goes.',
    tests: [
      'test/integration/pod-deletion.test.ts: keeps the object with its grace until the group is gone',
      'test/unit/node/pod-controller/ending.test.ts: deletes gracefully once, and removes the Pod only when the instance is proven to be gone',
    ],
  },
  {
    id: 'P6',
    claim: 'A container group whose Pod is unknown at the start is deleted.',
    tests: [
      'test/unit/node/orphan-sweeper.test.ts: deletes the group of a Pod that was deleted by force while nobody ran, after five minutes',
      'test/faults/pods-deleted-while-down.test.ts: lose their groups after the start',
    ],
    beyond:
      'Only with our identity in its tags, after the API server confirmed it in two sweeps, and never many at once.',
  },
  {
    id: 'P7',
    claim: 'A Pod that is being deleted when the process starts loses its container group and goes.',
    tests: ['test/faults/pods-deleted-while-down.test.ts: lose their groups after the start'],
  },
  {
    id: 'P8',
    claim: 'A Pod that has failed is left alone at the start.',
    tests: [
      'test/integration/pod-deletion.test.ts: is left alone by the next process when it has come before',
      'test/unit/node/decide.test.ts: never creates for a Pod that has failed',
    ],
  },
  {
    id: 'P9',
    claim: 'A Pod that has succeeded is left alone at the start.',
    tests: ['test/integration/pod-deletion.test.ts: is left alone by the next process when it has come before'],
  },
  {
    id: 'P10',
    claim: 'A changed image updates the container group once; the Pod stays the same.',
    tests: [
      'test/integration/pod-updates.test.ts: get a new image in place: the same Pod, group and address, one update, Running all the while',
    ],
    beyond: 'Also when the image was changed while nobody ran.',
  },
  {
    id: 'P11',
    claim: 'An unknown Pod costs one create and no update.',
    tests: [
      'test/unit/node/pod-controller/creating.test.ts: creates once and writes id, conditions and status with one patch',
    ],
  },
  {
    id: 'P12',
    claim: 'A known Pod with another spec costs one update and no second create.',
    tests: ['test/unit/node/pod-controller/changing.test.ts: is given to the instance once, and noted on the Pod'],
  },
  {
    id: 'P13',
    claim: 'A known Pod without a change costs neither.',
    tests: [
      'test/unit/node/pod-controller/changing.test.ts: writes once more when the Pod runs, and nothing while nothing changes',
    ],
  },
  {
    id: 'P14',
    claim: 'Fields of the Pod reach the provider as they are where the provider resolves them.',
    tests: [],
    notHere:
      'there is no such switch: variables are always resolved, but for the address of the Pod, which ECI fills in (Y8)',
  },
  {
    id: 'P15',
    claim:
      'Edits of images, deadlines, annotations and ephemeral containers are told apart, and each has its own answer.',
    tests: [
      'test/unit/node/pod-controller/changing.test.ts: is given to the instance once, and noted on the Pod',
      'test/unit/eci/update/update.test.ts: are named when they differ',
      'test/unit/node/pod-controller/changing.test.ts: says once that an annotation came too late, and that an ephemeral container is not started',
      'test/unit/node/pod-controller/ending.test.ts: fails a Pod at a deadline that was set while it ran',
    ],
  },
  {
    id: 'P16',
    claim: 'Changes of deletion, labels and annotations are looked at; a change of status alone costs no call.',
    tests: [
      'test/integration/pod-updates.test.ts: are left alone when a label changes, and say so when an annotation does',
      'test/unit/node/pod-controller/ending.test.ts: keeps to the shorter grace period of a second deletion',
      'test/unit/node/pod-controller/changing.test.ts: writes once more when the Pod runs, and nothing while nothing changes',
    ],
  },
  {
    id: 'P17',
    claim: 'Pods of other nodes never reach the queue.',
    tests: [
      'test/unit/node/pod-controller/changing.test.ts: has nothing to do with static Pods and with Pods of other nodes',
      'test/integration/kubelet-api.test.ts: lists the Pods of this node and no other',
    ],
    beyond: 'The API server selects; nothing of other nodes is sent at all.',
  },
  {
    id: 'P18',
    claim: 'A state of a Pod that nobody knows changes nothing and breaks nothing.',
    tests: [
      'test/unit/eci/feed/feed.test.ts: ignores groups of other clusters and nodes',
      'test/unit/node/pod-controller/changing.test.ts: passes on what the cloud says about an instance, to the Pods that it knows',
    ],
  },
  {
    id: 'P19',
    claim: 'A status is written whatever resource version the provider knows.',
    tests: ['test/unit/node/status-patch.test.ts: carries the UID as precondition and only what differs'],
    beyond: 'A patch with the UID as precondition: it cannot reach another Pod of that name.',
  },
  {
    id: 'P20',
    claim: 'A Pod is removed with the right grace when its instance has ended.',
    tests: [
      'test/unit/node/pod-controller/ending.test.ts: deletes gracefully once, and removes the Pod only when the instance is proven to be gone',
    ],
  },
  {
    id: 'P21',
    claim: 'What is remembered of a Pod is given back when it is gone.',
    tests: [
      'test/unit/node/pod-controller/ending.test.ts: deletes the instance by force when the Pod vanishes, and then forgets the Pod',
    ],
  },
  {
    id: 'P22',
    claim: 'A client Pod reaches a Service in front of a server Pod.',
    tests: [],
    notHere: 'the routing between Pods is the VPC’s; nothing here routes',
  },
  {
    id: 'P23',
    claim: 'Fifty Pods at once all run.',
    tests: [
      'test/integration/samples.test.ts: still need only one chain when a Deployment is scaled to 50',
      'test/faults/cloud-trouble.test.ts: of every kind, at every action',
    ],
    beyond: '`npm run bench -- burst` makes a thousand and prints calls and writes for each.',
  },
  {
    id: 'P24',
    claim: 'A status that cannot be written during a deletion is tried again, without a second deletion at the cloud.',
    tests: [
      'test/unit/node/pod-controller/ending.test.ts: tries again to write the end of a Pod, without another deletion of the instance',
    ],
  },
  {
    id: 'P25',
    claim: 'A deletion that the cloud refuses is told and tried again; the Pod is not marked as ended.',
    tests: [
      'test/unit/node/pod-controller/ending.test.ts: tells that an instance cannot be deleted, tries again, and keeps the Pod as it is',
      'test/faults/cloud-trouble.test.ts: does not keep what is deleted alive, nor the objects from going',
    ],
  },
];
