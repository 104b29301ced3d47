import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { NetworkModel } from '../../core/model/network-model.js';
import { defineCollection } from './collection.js';
import { planList } from './list-plan.js';
import type { ListRequest } from './list-request.js';
import { pageOfRows } from './page-of-rows.js';

/** `b/web app=web phase=Running`: an item of a collection in the notation of these tests. */
const ITEMS = [
  'b/web app=web Running',
  'a/web app=web Failed',
  'a/api app=api Running',
  'b/api app=api,tier=x Running',
  'a/api app=other Failed',
];

const THINGS = defineCollection({
  noun: 'things',
  singular: 'thing',
  about: '',
  scope: 'namespace',
  unknown: 'unknown-object',
  view: z.string(),
  fields: ['status.phase'],
  example: { cluster: 'c', namespace: 'b', name: 'web' },
  items: () => ITEMS,
  row: (item) => {
    const [path = '', labels = ''] = item.split(' ');
    const [namespace = '', name = ''] = path.split('/');
    const pairs = labels.split(',').map((label): [string, string] => {
      const [key = '', value = ''] = label.split('=');
      return [key, value];
    });
    return { kind: '', namespace, name, labels: Object.fromEntries(pairs) };
  },
  field: (item) => item.split(' ')[2] ?? '',
  show: (item) => item,
});

// A collection of these tests reads nothing of the model but its identity.
const MODEL = {} as NetworkModel;
const SHAPE = {
  scope: ['things', 'cluster-1'],
  fields: ['metadata.name', 'metadata.namespace', 'status.phase'],
  sorts: ['namespace', 'name', 'status.phase'] as [string, ...string[]],
};

function page(request: ListRequest) {
  const plan = planList(request, SHAPE);
  if (!plan.ok) throw new Error(plan.error.message);
  return pageOfRows(MODEL, THINGS, plan.value, 7);
}

/** Every page, one after the other. */
function pages(request: ListRequest): readonly (readonly string[])[] {
  const all: (readonly string[])[] = [];
  for (let token: string | undefined; ;) {
    const { items, continue: next, remaining } = page({ ...request, continue: token });
    all.push(items);
    expect(next === null).toBe(remaining === 0);
    if (next === null) return all;
    token = next;
  }
}

const firstWords = (items: readonly string[]) => items.map((item) => item.split(' ').slice(0, 2).join(' '));

describe('pageOfRows', () => {
  it('sorts by namespace, then name', () => {
    expect(firstWords(page({}).items)).toEqual([
      'a/api app=api',
      'a/api app=other',
      'a/web app=web',
      'b/api app=api,tier=x',
      'b/web app=web',
    ]);
  });

  it.each([
    [{ labelSelector: 'app=web' }, ['a/web app=web', 'b/web app=web']],
    [{ labelSelector: 'app in (api,other),!tier' }, ['a/api app=api', 'a/api app=other']],
    [{ fieldSelector: 'status.phase!=Running' }, ['a/api app=other', 'a/web app=web']],
    [{ fieldSelector: 'metadata.name=web,metadata.namespace=b' }, ['b/web app=web']],
    [{ namespace: 'b' }, ['b/api app=api,tier=x', 'b/web app=web']],
    [{ namespace: 'b', name: 'web' }, ['b/web app=web']],
    [{ labelSelector: 'app=none' }, []],
  ])('selects by %j', (request, expected) => expect(firstWords(page(request).items)).toEqual(expected));

  it.each(['namespace', '-namespace', 'name', '-name', 'status.phase', '-status.phase'])(
    'shows every item once, whatever the length of its pages, sorted by %s',
    (sort) => {
      const whole = page({ sort }).items;
      expect([...whole].sort()).toEqual([...ITEMS].sort());
      for (const limit of [1, 2, 3, 5]) expect(pages({ sort, limit }).flat()).toEqual(whole);
    },
  );

  it('says how many are left', () => {
    const { continue: token, remaining } = page({ limit: 2 });
    expect([remaining, token]).toEqual([3, expect.any(String)]);
  });
});

describe('planList', () => {
  const refusal = (request: ListRequest) => {
    const plan = planList(request, SHAPE);
    return plan.ok ? undefined : [plan.error.kind, plan.error.errors?.[0]?.pointer, plan.error.hint];
  };
  const token = page({ limit: 1, sort: 'name' }).continue ?? '';
  const RESTART = 'repeat the request of the page before with its `continue` added; only `limit` and `fields` may change';

  it.each([
    [{ limit: 1_001 }, ['limit-too-large', '/limit', 'ask for 1000 or fewer, and for the rest with `continue`']],
    [{ limit: 0 }, ['invalid-request', '/limit', 'a whole number from 1 to 1000']],
    [{ limit: 1.5 }, ['invalid-request', '/limit', 'a whole number from 1 to 1000']],
    [{ sort: 'nam' }, ['invalid-request', '/sort', 'did you mean `name`?']],
    [{ fieldSelector: 'status.phas=Running' }, ['invalid-request', '/fieldSelector', 'did you mean `status.phase`?']],
    [{ labelSelector: 'app==' }, undefined],
    [{ labelSelector: 'app in web' }, ['invalid-request', '/labelSelector', 'as in `app=web,tier in (front,back),track!=canary,!debug`']],
    [{ continue: 'bogus', sort: 'name' }, ['invalid-request', '/continue', RESTART]],
    [{ continue: token, sort: 'name' }, undefined],
    [{ continue: token, sort: 'name', limit: 3 }, undefined],
    [{ continue: token }, ['invalid-request', '/continue', RESTART]],
    [{ continue: token, sort: 'name', namespace: 'a' }, ['invalid-request', '/continue', RESTART]],
    [{ continue: token, sort: 'name', revision: '3' }, ['invalid-request', '/continue', RESTART]],
  ])('%j', (request, expected) => expect(refusal(request)).toEqual(expected));

  it('takes no token of another list', () => {
    const plan = planList({ continue: token, sort: 'name' }, { ...SHAPE, scope: ['things', 'cluster-2'] });
    expect(plan).toMatchObject({ ok: false, error: { kind: 'invalid-request', errors: [{ code: 'other-list' }] } });
  });

  it('names the longest page', () => {
    expect(planList({ limit: 5_000 }, SHAPE)).toMatchObject({ ok: false, error: { extra: { maximum: 1_000 } } });
  });
});
