import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../kernel/json.js';
import { Findings } from './internal/findings.js';
import { ObjectReader } from './internal/object-reader.js';
import { normaliseIngress } from './normalise-ingress.js';

const REF = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', namespace: 'shop', name: 'web' };

function problemsOf(path: string, annotations: JsonObject, pathType = 'ImplementationSpecific'): readonly string[] {
  const backend = { service: { name: 'web', port: { number: 80 } } };
  const paths = [{ path, pathType, backend }];
  const findings = new Findings(REF);
  const object = { metadata: { name: 'web', annotations }, spec: { rules: [{ host: 'foo.com', http: { paths } }] } };
  normaliseIngress(new ObjectReader(object, findings), REF);
  return findings.diagnostics.map(({ severity, code, pointer }) => `${severity} ${code} ${pointer}`);
}

const nginx = (name: string, value: string) => ({ [`nginx.ingress.kubernetes.io/${name}`]: value });
const PATH = '/spec/rules/0/http/paths/0/path';
const TOLD = ['warning expression-backtracks /spec/rules/0/http/paths/0/path'];

/** ingress-nginx `docs/user-guide/ingress-path-matching.md`: with `use-regex` or `rewrite-target` paths are expressions, which nginx matches by PCRE. */
describe('an expression that makes nginx try every way to match it', () => {
  it('is told at import, with its place', () => {
    expect(problemsOf('/x(a+)+$', nginx('use-regex', 'true'))).toEqual(TOLD);
    expect(problemsOf('/x(a+)+$', nginx('rewrite-target', '/$1'))).toEqual(TOLD);
  });

  it('is nothing where the text is no expression, or the engine is not PCRE', () => {
    expect(problemsOf('/x(a+)+$', {})).toEqual([]);
    expect(problemsOf('/x(a+)+$', nginx('use-regex', 'false'))).toEqual([]);
    expect(problemsOf('/x(a+)+$', { 'traefik.ingress.kubernetes.io/router.pathmatcher': 'PathRegexp' })).toEqual([]);
  });

  it('is not what people write to rewrite paths', () => {
    expect(problemsOf('/x(/|$)(.*)', nginx('rewrite-target', '/$2'))).toEqual([]);
  });
});

/** kubernetes `pkg/apis/networking/validation`, `validateHTTPIngressPath` with `invalidPathSequences` and `invalidPathSuffixes`. */
describe('a path that the API server refuses', () => {
  it.each(['/a//b', '/./b', '/a/../b', '/a%2fb', '/a%2Fb', '/a/..', '/a/.', 'a', ''])('`%s` is an error of Exact and Prefix', (path) => {
    expect(problemsOf(path, {}, 'Prefix')).toEqual([`error invalid-value ${PATH}`]);
    expect(problemsOf(path, {}, 'Exact')).toEqual([`error invalid-value ${PATH}`]);
  });

  it('of ImplementationSpecific is one that does not begin with `/`', () => {
    expect(problemsOf('a', {})).toEqual([`error invalid-value ${PATH}`]);
    expect(problemsOf('/a//b', {})).toEqual([]);
    expect(problemsOf('', {})).toEqual([]);
  });
});

/** PCRE2 `pcre2_compile`: a group that is not closed is no expression, and nginx refuses a configuration that has it. */
describe('a path that is no expression', () => {
  it('is an error where ingress-nginx reads it as one', () => {
    expect(problemsOf('/x(', nginx('use-regex', 'true'))).toEqual([`error invalid-expression ${PATH}`]);
    expect(problemsOf('/x(', {})).toEqual([]);
  });

  it('is not what RE2 alone cannot read', () => {
    expect(problemsOf('/(?!x)a++', nginx('use-regex', 'true'))).toEqual([]);
  });
});

/** kubernetes `apimachinery/pkg/util/validation`, `IsDNS1123Subdomain` and `IsWildcardDNS1123Subdomain`: lower case, 253 characters, and no limit to a label. */
describe('a host that the API server', () => {
  const told = (host: string) => {
    const findings = new Findings(REF);
    const object = { metadata: { name: 'web' }, spec: { rules: [{ host }] } };
    normaliseIngress(new ObjectReader(object, findings), REF);
    return findings.diagnostics.map(({ severity, code, pointer, hint }) => [severity, code, pointer, hint ?? ''].join(' ').trim());
  };

  it.each([
    ['Foo.com', 'error invalid-value /spec/rules/0/host write `foo.com`'],
    ['*.FOO.com', 'error invalid-value /spec/rules/0/host write `*.foo.com`'],
    ['foo_bar.com', 'error invalid-value /spec/rules/0/host'],
    ['a.*.com', 'error invalid-value /spec/rules/0/host'],
    // `validateIngressRules`: "must be a DNS name, not an IP address"
    ['192.0.2.1', 'error invalid-value /spec/rules/0/host leave the host out for requests to an address'],
    ['2001:db8::1', 'error invalid-value /spec/rules/0/host leave the host out for requests to an address'],
    [`${'a.'.repeat(126)}ab`, 'error invalid-value /spec/rules/0/host'],
  ])('refuses is an error with what would be right: %s', (host, expected) => {
    expect(told(host)).toEqual([expected]);
  });

  it.each(['foo.com', '*.foo.com', `${'a'.repeat(64)}.com`, `${'a.'.repeat(126)}a`])('takes is none: %s', (host) => {
    expect(told(host)).toEqual([]);
  });
});
