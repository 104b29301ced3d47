import { type Arbitrary, array, assert, constantFrom, property, record, shuffledSubarray } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ROUTE_REASONS } from '../../src/core/ingress/route-reasons.js';
import { INGRESS_DIALECTS } from '../../src/core/ingress/route-request.js';
import type { RouteResult } from '../../src/core/ingress/route-result.js';
import { route } from '../../src/core/ingress/route.js';
import { askRoute, requestFor } from '../support/ask-route.js';
import { ingressCluster } from '../support/ingress-cluster.js';
import { modelOf } from '../support/model.js';

/** The invariants of `src/core/ingress/README.md`, on small clusters whose hosts, paths and backends meet often. */

interface Rule {
  readonly ingress: string;
  readonly host: string;
  readonly type: 'Exact' | 'Prefix' | 'Impl';
  readonly path: string;
  readonly service: string;
}

const PATHS = ['/', '/a', '/a/', '/a/b', '/a/b/', '/ab', '/A', '/a/b/c'] as const;

const parts = {
  ingress: constantFrom('i', 'j', 'k'),
  host: constantFrom('x.foo.com', 'foo.com', '*.foo.com', 'any'),
  path: constantFrom(...PATHS),
};
/** What the text describes in full: paths of type Exact and Prefix before services that serve. */
const rules: Arbitrary<readonly Rule[]> = array(
  record({ ...parts, type: constantFrom<Rule['type'][]>('Exact', 'Prefix'), service: constantFrom('s', 't', 'u') }),
  { maxLength: 8 },
);
/** And what it leaves open. */
const openRules: Arbitrary<readonly Rule[]> = array(
  record({
    ...parts,
    type: constantFrom<Rule['type'][]>('Exact', 'Prefix', 'Impl'),
    service: constantFrom('s', 't', 'missing', 'empty', 'resource/r'),
  }),
  { maxLength: 8 },
);
const request = record({
  host: constantFrom('x.foo.com', 'foo.com', 'y.x.foo.com', 'bar.org'),
  path: constantFrom(...PATHS, '/c', '/a/c', '/a//b'),
});

const dialects = constantFrom(...INGRESS_DIALECTS);

const objectsOf = (list: readonly Rule[]) =>
  ingressCluster(list.map(({ ingress, host, type, path, service }) => `${ingress} : ${host} ${type} ${path} -> ${service}`).join('\n'));
const ask = (list: readonly Rule[], { host, path }: { readonly host: string; readonly path: string }) =>
  askRoute(modelOf(objectsOf(list)), `http://${host}${path}`);

/** KEP-1453 read aloud, rule after rule: where the path goes, and every place it may go where the text is silent. */
function linear(list: readonly Rule[], { host, path }: { readonly host: string; readonly path: string }): ReadonlySet<string> {
  const wildcard = host.includes('.') ? `*${host.slice(host.indexOf('.'))}` : '';
  const groups = [host, wildcard, 'any'].map((name) => list.filter((one) => one.host === name)).filter((group) => group.length > 0);
  const outcomes = new Set<string>();
  for (const group of groups) {
    const best = bestOf(group.filter((one) => matches(one, path)));
    for (const { service } of best) outcomes.add(service);
    if (best.length > 0) break;
    outcomes.add('404');
  }
  return outcomes.size === 0 ? new Set(['404']) : outcomes;
}

const elements = (path: string) => path.split('/').filter((part, index, all) => index > 0 && (part !== '' || index < all.length - 1));

function matches({ type, path }: Rule, asked: string): boolean {
  if (type === 'Exact') return path === asked;
  const [own, other] = [elements(path), elements(asked)];
  return own.every((part, index) => other[index] === part);
}

function bestOf(list: readonly Rule[]): readonly Rule[] {
  const rank = ({ type, path }: Rule): number =>
    2 * (type === 'Exact' || path === '/' ? path : path.replace(/\/$/, '')).length + (type === 'Exact' ? 1 : 0);
  const highest = Math.max(...list.map(rank));
  return list.filter((one) => rank(one) === highest);
}

describe('ingress routing', () => {
  it('INV-ING-1: the answer does not depend on the order of the objects', () => {
    assert(
      property(
        openRules.chain((list) =>
          shuffledSubarray(objectsOf(list), { minLength: objectsOf(list).length }).map((shuffled) => ({ list, shuffled })),
        ),
        request,
        ({ list, shuffled }, asked) => {
          const url = `http://${asked.host}${asked.path}`;
          expect(askRoute(modelOf(shuffled), url)).toEqual(askRoute(modelOf(objectsOf(list)), url));
        },
      ),
    );
  });

  it('INV-ING-2: the outcome is the one a linear reading of the rules finds', () => {
    const plain = request.filter(({ path }) => !path.includes('//'));
    assert(
      property(rules, plain, (list, asked) => {
        const { verdict, result } = ask(list, asked);
        const expected = linear(list, asked);
        const found = new Set(result.possibilities.map(({ backends }) => backends[0]?.service ?? '404'));
        expect([...found].sort()).toEqual([...expected].sort());
        expect(verdict).toBe(expected.size > 1 ? 'UNDEFINED' : expected.has('404') ? 'NOT_FOUND' : 'ROUTED');
      }),
      { numRuns: 500 },
    );
  });

  it('INV-ING-3: the own text of a path, as a request, reaches it unless an equal one stands beside it', () => {
    assert(
      property(rules, (list) => {
        for (const { host, path, type, service } of list) {
          const rivals = list.filter((one) => one.host === host && elements(one.path).join('/') === elements(path).join('/'));
          if (rivals.length > 1) continue;
          const asked = { host: host === 'any' ? 'bar.org' : host.replace('*', 'only'), path };
          const { result } = ask(list, asked);
          expect(result.candidates.filter(({ outcome }) => outcome === 'selected')).toMatchObject([
            { path, pathType: type, backend: `service ${service}:80` },
          ]);
        }
      }),
    );
  });

  it('INV-ING-4: a loser names a key, and the winner’s value of it is the larger', () => {
    assert(
      property(openRules, request, (list, asked) => {
        for (const { outcome, key, own, other } of ask(list, asked).result.candidates) {
          if (outcome !== 'lost') continue;
          expect(own).not.toBe(other);
          expect(LARGER[String(key)]?.(String(own), String(other)), `${key}: ${own} against ${other}`).toBe(true);
        }
      }),
    );
  });

  it('INV-ING-5: the verdict is UNDEFINED exactly when possibilities end differently, or one of them in a gap of its own', () => {
    assert(
      property(openRules, request, (list, asked) => {
        const { verdict, result } = ask(list, asked);
        const ends = new Set(result.possibilities.map(endOf));
        expect(ends.size).toBe(result.possibilities.length);
        const alone = result.possibilities.length === 1 ? result.possibilities[0]?.verdict : 'UNDEFINED';
        expect(verdict).toBe(alone);
      }),
    );
  });

  it('INV-ING-8: without its explanation an answer says the same', () => {
    assert(
      property(openRules, request, dialects, (list, { host, path }, dialect) => {
        const model = modelOf(objectsOf(list));
        const asked = { request: requestFor(`https://${host}${path}`), class: undefined, dialect };
        const [whole, alone, outcome] = (['whole', 'verdict', 'outcome'] as const).map((reads) => route(model, asked, reads));
        if (!whole?.ok || !alone?.ok || !outcome?.ok) throw new Error('a problem');
        const { result, ...rest } = whole.value;
        expect(alone.value).toEqual({ ...rest, evidence: [], result: { ...result, candidates: [] } });
        const unread = { summary: '', evidence: [] };
        const { nearMisses } = outcome.value.result;
        expect({ ...outcome.value, ...unread }).toEqual({ ...rest, ...unread, result: { ...result, candidates: [], nearMisses } });
      }),
    );
  });

  it('INV-ING-6: every reason is a published one', () => {
    assert(
      property(openRules, request, (list, asked) => {
        const { evidence, result } = ask(list, asked);
        const reasons = [...evidence, ...result.candidates].map(({ reason }) => reason);
        expect(reasons.filter((reason) => !Object.hasOwn(ROUTE_REASONS, reason))).toEqual([]);
      }),
    );
  });
});

/** What a client notices of a possibility. */
function endOf({ verdict, status, backends, object, pointer }: RouteResult['possibilities'][number]): string {
  const reached = backends.map(({ service, port }) => `${service}:${port}`);
  return JSON.stringify([verdict, status, reached.length > 0 ? reached : [object, pointer]]);
}

const hostRank = (host: string) => (host === 'every host' ? 0 : host.startsWith('*') ? 1 : 2);
const characters = (text: string) => Number(/^\d+/.exec(text)?.[0]);
const LARGER: Readonly<Record<string, (own: string, other: string) => boolean>> = {
  'host-precedence': (own, other) => hostRank(own) < hostRank(other),
  'path-length': (own, other) => characters(own) < characters(other),
  'path-type': (own, other) => own === 'Prefix' && other === 'Exact',
};
