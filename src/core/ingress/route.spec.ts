import { describe, expect, it } from 'vitest';
import { askRoute, type AskedRoute, candidateLines, routeLine } from '../../../test/support/ask-route.js';
import { ingressCluster } from '../../../test/support/ingress-cluster.js';
import { modelOf } from '../../../test/support/model.js';

type Row = [rules: string, url: string, expected: string, asked?: AskedRoute];

/** Asks each row's URL of its rules; a failing row prints itself. */
function table(name: string, rows: readonly Row[]): void {
  it.each(rows)(`${name}: %s | %s → %s`, (rules, url, expected, asked = {}) => {
    const model = modelOf(ingressCluster(rules.replaceAll(' ; ', '\n')));
    expect(routeLine(askRoute(model, url, asked))).toBe(expected);
  });
}

/** kubernetes/enhancements keps/sig-network/1453-ingress-api/README.md, "Path matching semantics", Examples: the 18 rows. */
describe('KEP-1453 path table', () => {
  table('row', [
    ['a : foo.com Prefix / -> s', 'http://foo.com/', 'ROUTED s'],
    ['a : foo.com Prefix / -> s', 'http://foo.com/any/path', 'ROUTED s'],
    ['a : foo.com Exact /foo -> s', 'http://foo.com/foo', 'ROUTED s'],
    ['a : foo.com Exact /foo -> s', 'http://foo.com/bar', 'NOT_FOUND'],
    ['a : foo.com Exact /foo -> s', 'http://foo.com/foo/', 'NOT_FOUND'],
    ['a : foo.com Exact /foo/ -> s', 'http://foo.com/foo', 'NOT_FOUND'],
    ['a : foo.com Prefix /foo -> s', 'http://foo.com/foo', 'ROUTED s'],
    ['a : foo.com Prefix /foo -> s', 'http://foo.com/foo/', 'ROUTED s'],
    ['a : foo.com Prefix /foo/ -> s', 'http://foo.com/foo', 'ROUTED s'],
    ['a : foo.com Prefix /foo/ -> s', 'http://foo.com/foo/', 'ROUTED s'],
    ['a : foo.com Prefix /aaa/bb -> s', 'http://foo.com/aaa/bbb', 'NOT_FOUND'],
    ['a : foo.com Prefix /aaa/bbb -> s', 'http://foo.com/aaa/bbb', 'ROUTED s'],
    ['a : foo.com Prefix /aaa/bbb/ -> s', 'http://foo.com/aaa/bbb', 'ROUTED s'],
    ['a : foo.com Prefix /aaa/bbb -> s', 'http://foo.com/aaa/bbb/', 'ROUTED s'],
    ['a : foo.com Prefix /aaa/bbb -> s', 'http://foo.com/aaa/bbb/ccc', 'ROUTED s'],
    ['a : foo.com Prefix /aaa/bbb -> s', 'http://foo.com/aaa/bbbxyz', 'NOT_FOUND'],
    ['a : foo.com Prefix / -> s0 ; a : foo.com Prefix /aaa -> s1', 'http://foo.com/aaa/ccc', 'ROUTED s1'],
    [
      'a : foo.com Prefix / -> s0 ; a : foo.com Prefix /aaa -> s1 ; a : foo.com Prefix /aaa/bbb -> s2',
      'http://foo.com/aaa/bbb',
      'ROUTED s2',
    ],
    ['a : foo.com Prefix / -> s0 ; a : foo.com Prefix /aaa -> s1 ; a : foo.com Prefix /aaa/bbb -> s2', 'http://foo.com/ccc', 'ROUTED s0'],
    ['a : foo.com Prefix /aaa -> s ; a : default -> d', 'http://foo.com/ccc', 'DEFAULT_BACKEND d'],
    ['a : foo.com Prefix /foo -> s0 ; a : foo.com Exact /foo -> s1', 'http://foo.com/foo', 'ROUTED s1'],
  ]);
});

/** The same document, "Hostname match examples", and the rules it states before them. */
describe('hosts', () => {
  table('host', [
    ['a : *.foo.com Prefix / -> s', 'http://bar.foo.com/', 'ROUTED s'],
    ['a : *.foo.com Prefix / -> s', 'http://aaa.bbb.foo.com/', 'NOT_FOUND'],
    ['a : *.foo.com Prefix / -> s', 'http://foo.com/', 'NOT_FOUND'],
    ['a : foo.com Prefix / -> s', 'http://FOO.com/', 'ROUTED s'],
    ['a : foo.com Prefix / -> s', 'http://foo.com:8080/', 'ROUTED s'],
    ['a : foo.com Prefix / -> s', 'http://foo.com./', 'ROUTED s'],
    ['a : foo.com Prefix / -> s', 'http://other.com/', 'NOT_FOUND'],
    ['a : any Prefix / -> s', 'http://other.com/', 'ROUTED s'],
    ['a : any Prefix / -> s', 'http://192.0.2.7/', 'ROUTED s'],
    ['a : any Prefix / -> s', 'http://[2001:db8::7]:80/', 'ROUTED s'],
    ['a : *.0.2.7 Prefix / -> s', 'http://192.0.2.7/', 'NOT_FOUND'],
    ['a : foo.com Prefix / -> s', 'http://192.0.2.7/', 'ROUTED s', { host: 'foo.com' }],
    ['a : * Prefix / -> s', 'http://foo.com/', 'NOT_FOUND'],
    ['a : foo.*.com Prefix / -> s', 'http://foo.bar.com/', 'NOT_FOUND'],
    ['a : foo.com:80 Prefix / -> s', 'http://foo.com:80/', 'NOT_FOUND'],
  ]);
});

/** One row for each key of precedence: without the key, or with it reversed, its row fails. */
describe('precedence', () => {
  table('key', [
    ['a : a.foo.com Prefix / -> precise ; b : *.foo.com Exact /x -> wild', 'http://a.foo.com/x', 'ROUTED precise'],
    ['a : *.foo.com Exact /x -> wild ; b : a.foo.com Prefix / -> precise', 'http://a.foo.com/x', 'ROUTED precise'],
    ['a : a.foo.com Prefix / -> precise ; b : any Exact /x -> every', 'http://a.foo.com/x', 'ROUTED precise'],
    ['a : *.foo.com Prefix / -> wild ; b : any Exact /x -> every', 'http://a.foo.com/x', 'ROUTED wild'],
    ['a : foo.com Prefix /a/b -> long ; b : foo.com Prefix /a -> short', 'http://foo.com/a/b/c', 'ROUTED long'],
    ['a : foo.com Prefix /a -> short ; b : foo.com Prefix /a/b -> long', 'http://foo.com/a/b/c', 'ROUTED long'],
    ['a : foo.com Prefix /a -> prefix ; b : foo.com Exact /a -> exact', 'http://foo.com/a', 'ROUTED exact'],
    ['a : foo.com Exact /a -> exact ; b : foo.com Prefix /a -> prefix', 'http://foo.com/a', 'ROUTED exact'],
    ['a : foo.com Exact /a -> exact ; b : foo.com Prefix /a/ -> prefix', 'http://foo.com/a', 'ROUTED exact'],
    ['a : foo.com Exact / -> exact ; b : foo.com Prefix / -> prefix', 'http://foo.com/', 'ROUTED exact'],
    ['a@2025-01-01 : foo.com Prefix /a -> old ; b@2026-02-02 : foo.com Prefix /a/b -> new', 'http://foo.com/a/b', 'ROUTED new'],
  ]);
});

/** Where the text is silent (KEP-1453; the divergences between controllers show how differently it is filled). */
describe('undefined', () => {
  table('gap', [
    ['a : foo.com Prefix /x -> one ; b : foo.com Prefix /x -> two', 'http://foo.com/x', 'UNDEFINED PATH_CONFLICT'],
    ['a@2025-01-01 : foo.com Prefix /x -> one ; b : foo.com Prefix /x -> two', 'http://foo.com/x', 'UNDEFINED PATH_CONFLICT'],
    ['a : foo.com Prefix /x -> one ; b : foo.com Prefix /x/ -> two', 'http://foo.com/x/y', 'UNDEFINED PATH_CONFLICT'],
    ['a : foo.com Exact /x -> one ; a : foo.com Exact /x -> two', 'http://foo.com/x', 'UNDEFINED PATH_CONFLICT'],
    ['a : foo.com Prefix /x -> one ; b : foo.com Prefix /x -> one', 'http://foo.com/x', 'ROUTED one'],
    ['a : foo.com Prefix /x -> one:80 ; b : foo.com Prefix /x -> one:http', 'http://foo.com/x', 'ROUTED one'],
    ['a : foo.com Impl /x -> s', 'http://foo.com/x', 'ROUTED s'],
    ['a : foo.com Impl /x -> s', 'http://foo.com/x/y', 'UNDEFINED PATH_TYPE_UNSPECIFIED'],
    ['a : foo.com Impl /x.* -> s', 'http://foo.com/x/y', 'UNDEFINED PATH_TYPE_UNSPECIFIED'],
    ['a : foo.com Impl /x.* -> s', 'http://foo.com/y', 'NOT_FOUND'],
    ['a : foo.com Impl /(a|b) -> s', 'http://foo.com/b', 'UNDEFINED PATH_TYPE_UNSPECIFIED'],
    ['a : foo.com Impl /a|/b -> s', 'http://foo.com/b', 'UNDEFINED PATH_TYPE_UNSPECIFIED'],
    ['a : foo.com Impl -> s', 'http://foo.com/', 'ROUTED s'],
    ['a : foo.com Impl / -> s ; a : foo.com Prefix /api -> t', 'http://foo.com/api', 'UNDEFINED PATH_TYPE_UNSPECIFIED'],
    ['a : foo.com Prefix /x -> s', 'http://foo.com//x', 'UNDEFINED PATH_NORMALISATION_UNSPECIFIED'],
    ['a : foo.com Prefix /x -> s', 'http://foo.com/y/../x', 'UNDEFINED PATH_NORMALISATION_UNSPECIFIED'],
    ['a : foo.com Prefix /x/y -> s', 'http://foo.com/x%2Fy', 'UNDEFINED PATH_NORMALISATION_UNSPECIFIED'],
    ['a : foo.com Prefix /x -> s', 'http://foo.com/x/%20//y', 'ROUTED s'],
    [
      'a : p.foo.com Prefix /a -> precise ; b : *.foo.com Prefix /b -> wild',
      'http://p.foo.com/b',
      'UNDEFINED HOST_FALLTHROUGH_UNSPECIFIED',
    ],
    ['a : p.foo.com Prefix /a -> precise ; b : any Prefix /b -> every', 'http://p.foo.com/b', 'UNDEFINED HOST_FALLTHROUGH_UNSPECIFIED'],
    ['a : p.foo.com Prefix /a -> precise ; b : *.foo.com Prefix /b -> wild', 'http://p.foo.com/c', 'NOT_FOUND'],
    ['a : foo.com Prefix / -> resource/bucket', 'http://foo.com/', 'UNDEFINED RESOURCE_BACKEND_UNSPECIFIED'],
  ]);
});

/** KEP-1453, "Path matching semantics" 5 and 6, and "`backend` to `defaultBackend`". */
describe('default backends', () => {
  table('default', [
    ['a : default -> d', 'http://foo.com/x', 'DEFAULT_BACKEND d'],
    ['a : foo.com Prefix /x -> s ; a : default -> d', 'http://other.com/', 'DEFAULT_BACKEND d'],
    ['a : foo.com Prefix /x -> s ; a : default -> d ; b : default -> e', 'http://foo.com/y', 'DEFAULT_BACKEND d'],
    ['a : foo.com Prefix /x -> s ; b : foo.com Prefix /y -> s ; b : default -> e', 'http://foo.com/z', 'DEFAULT_BACKEND e'],
    ['a : default -> d ; b : default -> e', 'http://foo.com/x', 'UNDEFINED DEFAULT_BACKEND_CONFLICT'],
    ['a : default -> d ; b : default -> d', 'http://foo.com/x', 'DEFAULT_BACKEND d'],
    ['a : foo.com Prefix /x -> s ; b : default -> e', 'http://foo.com/z', 'UNDEFINED DEFAULT_BACKEND_CONFLICT'],
    ['a : foo.com whole ; a : default -> d', 'http://foo.com/x', 'DEFAULT_BACKEND d'],
    ['a : p.foo.com whole ; a : default -> d ; b : *.foo.com Prefix / -> wild', 'http://p.foo.com/x', 'DEFAULT_BACKEND d'],
    ['a : foo.com whole ; a : default -> d ; b : foo.com Prefix /x -> s', 'http://foo.com/x/y', 'ROUTED s'],
    ['a : foo.com whole', 'http://foo.com/x', 'NOT_FOUND'],
  ]);
});

/** `networking/v1/types.go`: the port must exist; only ready endpoints count. What is answered without them is not described. */
describe('backends', () => {
  table('backend', [
    ['a : foo.com Prefix / -> s:http', 'http://foo.com/', 'ROUTED s'],
    ['a : foo.com Prefix / -> s:8080', 'http://foo.com/', 'PORT_MISSING'],
    ['a : foo.com Prefix / -> s:web', 'http://foo.com/', 'PORT_MISSING'],
    ['a : foo.com Prefix / -> missing', 'http://foo.com/', 'SERVICE_MISSING'],
    ['a : foo.com Prefix / -> empty', 'http://foo.com/', 'NO_ENDPOINTS empty'],
    ['a : default -> missing', 'http://foo.com/', 'SERVICE_MISSING'],
  ]);

  it.each(['s:8080', 'missing', 'empty'])('-> %s leaves the status open', (target) => {
    const { result } = askRoute(modelOf(ingressCluster(`a : foo.com Prefix / -> ${target}`)), 'http://foo.com/');
    expect(result).toMatchObject({ status: null, forwarded: null, unspecified: [{ code: 'STATUS_UNSPECIFIED' }] });
  });

  it('names the endpoints, the target port and what is forwarded', () => {
    const { result } = askRoute(modelOf(ingressCluster('a : foo.com Prefix / -> s')), 'http://foo.com:81/x?y=1');
    expect(result.backends).toMatchObject([{ namespace: 't', service: 's', port: 80, portName: 'http', share: 1, notReady: 0 }]);
    expect(result.backends[0]?.endpoints).toMatchObject([{ address: '10.0.0.1', port: 8080 }]);
    expect(result.forwarded).toEqual({ method: 'GET', host: 'foo.com:81', path: '/x?y=1', headers: [] });
    expect(result.status).toBeNull();
  });

  it('answers 404 itself', () => {
    expect(askRoute(modelOf(ingressCluster('a : foo.com Prefix /x -> s')), 'http://foo.com/').result.status).toBe(404);
  });
});

/** Every candidate, and the first key that decided against it. */
describe('candidates', () => {
  it.each<[rules: string, url: string, ...candidates: string[]]>([
    [
      'a : foo.com Prefix / -> s0 ; a : foo.com Prefix /aaa -> s1 ; a : foo.com Exact /aaa/b -> s2 ; a : foo.com Prefix /c -> s3',
      'http://foo.com/aaa/b',
      'a Prefix / lost PATH_SHORTER',
      'a Prefix /aaa lost PATH_SHORTER',
      'a Exact /aaa/b selected PATH_SELECTED',
      'a Prefix /c no-match PATH_NOT_PREFIX',
    ],
    [
      'a : foo.com Exact /x -> s ; b : foo.com Prefix /x -> t',
      'http://foo.com/x',
      'a Exact /x selected PATH_SELECTED',
      'b Prefix /x lost NOT_EXACT',
    ],
    [
      'a : a.foo.com Prefix / -> s ; b : *.foo.com Exact /x -> t ; d : any Prefix / -> u',
      'http://a.foo.com/x',
      'a Prefix / selected PATH_SELECTED',
      'b Exact /x lost HOST_LESS_SPECIFIC',
      'd Prefix / lost HOST_LESS_SPECIFIC',
    ],
    [
      'a : foo.com Prefix /x -> s ; b#other : foo.com Prefix /x -> t',
      'http://foo.com/x',
      'b Prefix /x excluded CLASS_DIFFERS',
      'a Prefix /x selected PATH_SELECTED',
    ],
    [
      'a : foo.com Prefix /x//y -> s ; a : foo.com Prefix / -> t',
      'http://foo.com/x',
      'a Prefix /x//y excluded PATH_INVALID',
      'a Prefix / selected PATH_SELECTED',
    ],
    ['a : foo.com Prefix /x -> s ; b : foo.com Prefix /x -> t', 'http://foo.com/x', 'a Prefix /x possible TIE', 'b Prefix /x possible TIE'],
    [
      'a : foo.com Prefix /x -> s ; a : default -> d ; b : default -> e',
      'http://foo.com/',
      'a Prefix /x no-match PATH_NOT_PREFIX',
      'a default selected DEFAULT_BACKEND_SELECTED',
      'b default lost DEFAULT_OF_OTHER_INGRESS',
    ],
  ])('%s | %s', (rules, url, ...expected) => {
    const model = modelOf(ingressCluster(rules.replaceAll(' ; ', '\n')));
    expect(candidateLines(askRoute(model, url, { class: 'c' }))).toEqual(expected);
  });

  it('gives both values of the key', () => {
    const model = modelOf(ingressCluster('a : foo.com Prefix / -> s0\na : foo.com Prefix /aaa/ -> s1'));
    const [loser] = askRoute(model, 'http://foo.com/aaa').result.candidates;
    expect(loser).toMatchObject({ key: 'path-length', own: '1 characters (/)', other: '4 characters (/aaa/)' });
  });

  it('names age and owner of both parties of a conflict', () => {
    const model = modelOf(ingressCluster('a@2025-01-01 : foo.com Prefix /x -> s\nb : foo.com Prefix /x -> t'));
    const { result, summary, confidence } = askRoute(model, 'http://foo.com/x');
    expect(result.candidates[0]).toMatchObject({
      createdAt: '2025-01-01T00:00:00Z',
      key: 'tie',
      own: 'Ingress t/a (created 2025-01-01T00:00:00Z)',
      other: 'Ingress t/b (created 2026-01-01T00:00:00Z)',
    });
    expect(result.possibilities.map(({ object, verdict }) => `${object} ${verdict}`)).toEqual(['Ingress t/a ROUTED', 'Ingress t/b ROUTED']);
    expect(summary).toContain('claimed by Ingress t/a (created 2025-01-01T00:00:00Z) and Ingress t/b (created 2026-01-01T00:00:00Z)');
    expect(confidence).toBe('INSUFFICIENT_INFO');
  });

  it('warns of a conflict that changes nothing', () => {
    const model = modelOf(ingressCluster('a : foo.com Prefix /x -> s\nb : foo.com Prefix /x -> s'));
    expect(askRoute(model, 'http://foo.com/x')).toMatchObject({
      verdict: 'ROUTED',
      warnings: [{ code: 'PATH_CONFLICT' }],
      result: { unspecified: [] },
    });
  });
});
