import assert from 'node:assert/strict';
import { changesFromList, changesFromWatch } from '../../../src/kube/object-changes.ts';
import type { ReflectorEvent } from '../../../src/kube/object-changes.ts';
import { ObjectStore } from '../../../src/kube/object-store.ts';
import type { KubeObject } from '../../../src/kube/types.ts';

/** `name/uid/version` */
function object(text: string): KubeObject {
  const [name = '', uid = '', resourceVersion = ''] = text.split('/');
  return { metadata: { namespace: 'web', name, uid, resourceVersion } };
}

function storeOf(...texts: string[]): ObjectStore<KubeObject> {
  const store = new ObjectStore<KubeObject>();
  for (const text of texts) store.set(object(text));
  return store;
}

function show(event: ReflectorEvent<KubeObject>): string {
  const write = ({ metadata }: KubeObject): string => `${metadata?.name}/${metadata?.uid}/${metadata?.resourceVersion}`;
  return `${event.unseen === true ? 'unseen ' : ''}${event.type} ${write(event.object)}${event.previous === undefined ? '' : ` was ${write(event.previous)}`}`;
}

const lists: Record<string, { cached: string[]; listed: string[]; events: string[] }> = {
  'adds everything at first': { cached: [], listed: ['a/1/1', 'b/2/1'], events: ['added a/1/1', 'added b/2/1'] },
  'is silent when nothing changed': { cached: ['a/1/1'], listed: ['a/1/1'], events: [] },
  'updates what has another version': { cached: ['a/1/1'], listed: ['a/1/2'], events: ['updated a/1/2 was a/1/1'] },
  'deletes what vanished': { cached: ['a/1/1'], listed: [], events: ['unseen deleted a/1/1 was a/1/1'] },
  'deletes and adds what was created again under its name': {
    cached: ['a/1/1', 'b/2/1'],
    listed: ['a/9/5', 'b/2/1'],
    events: ['deleted a/1/1 was a/1/1', 'added a/9/5'],
  },
  'deletes before it adds': {
    cached: ['z/1/1'],
    listed: ['a/2/2'],
    events: ['unseen deleted z/1/1 was z/1/1', 'added a/2/2'],
  },
};

describe('changesFromList', () => {
  for (const [title, { cached, listed, events }] of Object.entries(lists)) {
    it(title, () => {
      assert.deepEqual(changesFromList(storeOf(...cached), listed.map(object)).map(show), events);
    });
  }
});

const watches: Record<
  string,
  { cached: string[]; event: ['ADDED' | 'MODIFIED' | 'DELETED', string]; events: string[] }
> = {
  'adds what is new': { cached: [], event: ['ADDED', 'a/1/1'], events: ['added a/1/1'] },
  'adds what enters the selector as modified': { cached: [], event: ['MODIFIED', 'a/1/2'], events: ['added a/1/2'] },
  'updates what is known': { cached: ['a/1/1'], event: ['MODIFIED', 'a/1/2'], events: ['updated a/1/2 was a/1/1'] },
  'ignores what was sent twice': { cached: ['a/1/1'], event: ['ADDED', 'a/1/1'], events: [] },
  'deletes with the last state': {
    cached: ['a/1/1'],
    event: ['DELETED', 'a/1/3'],
    events: ['deleted a/1/3 was a/1/1'],
  },
  'ignores the deletion of something unknown': { cached: [], event: ['DELETED', 'a/1/1'], events: [] },
  'ignores the deletion of an earlier object of that name': {
    cached: ['a/2/5'],
    event: ['DELETED', 'a/1/4'],
    events: [],
  },
  'deletes and adds when the name changed hands unseen': {
    cached: ['a/1/1'],
    event: ['MODIFIED', 'a/2/5'],
    events: ['deleted a/1/1 was a/1/1', 'added a/2/5'],
  },
};

describe('changesFromWatch', () => {
  for (const [title, { cached, event, events }] of Object.entries(watches)) {
    it(title, () => {
      assert.deepEqual(changesFromWatch(storeOf(...cached), event[0], object(event[1])).map(show), events);
    });
  }
});

describe('ObjectStore', () => {
  it('finds objects by name and by UID, also after the name changed hands', () => {
    const store = storeOf('a/1/1');
    store.set(object('a/2/2'));
    assert.equal(store.getByUid('1'), undefined);
    assert.equal(store.getByUid('2'), store.get('web/a'));
    store.remove('web/a');
    assert.deepEqual([store.list(), store.getByUid('2')], [[], undefined]);
  });
});
