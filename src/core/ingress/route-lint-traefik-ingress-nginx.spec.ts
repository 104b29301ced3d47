import { describe, expect, it } from 'vitest';
import type { NginxAnnotationsOf } from '../../../test/support/ask-ingress-nginx.js';
import { ingressCluster } from '../../../test/support/ingress-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import { lintRoutes, ruleLine, withNginx } from '../../../test/support/route-lint.js';

const lint = (rules: string, annotations: NginxAnnotationsOf = {}) =>
  lintRoutes(modelOf(withNginx(ingressCluster(rules.replaceAll(' ; ', '\n')), annotations)), {
    class: 'c',
    dialect: 'traefik-ingress-nginx',
  });
const lines = (...asked: Parameters<typeof lint>) => lint(...asked).rules.map(ruleLine);
const codes = (...asked: Parameters<typeof lint>) => lint(...asked).findings.map(({ code, object }) => `${code} ${object.name}`);

/** traefik/traefik `pkg/provider/kubernetes/ingress-nginx` (`build.go`, `translator.go`), `pkg/muxer/http/mux.go`; doc.traefik.io "Unsupported Annotations". */
describe("rules of Ingresses that Traefik's ingress-nginx provider reads", () => {
  it('are shadowed by a longer rule that takes all they match', () => {
    const rules = 'a : foo.com Prefix /x -> s ; b : foo.com Exact /x -> e';
    expect(lines(rules)).toEqual(['a /x live GET http://foo.com/x', 'b /x shadowed by a']);
    expect(codes(rules)).toEqual(['ING-SHADOWED b']);
  });

  it('of one text are undecided, whichever Ingress is older', () => {
    const rules = 'a@2026-01-02 : foo.com Prefix /x -> s ; b@2026-01-01 : foo.com Prefix /x -> t';
    expect(lines(rules)).toEqual(['a /x undecided', 'b /x undecided']);
    expect(codes(rules)).toContain('ING-CONFLICT-UNDEFINED a');
  });

  it('that are expressions have a witness', () => {
    expect(lines('a : foo.com Impl /x(/|$)(.*) -> s', { a: { 'rewrite-target': '/$2' } })).toEqual([
      'a /x(/|$)(.*) live GET http://foo.com/x',
    ]);
  });

  it('of a canary are live where a request leads to it', () => {
    expect(lines('a : foo.com Prefix / -> s ; b : foo.com Prefix / -> t', { b: { canary: 'true', 'canary-by-header': 'Foo' } })).toEqual([
      'a / live GET http://foo.com/',
      'b / live GET http://foo.com/ Foo: always',
    ]);
  });

  it('of an Ingress that is passed over are unreachable, and why', () => {
    const annotations = { a: { 'configuration-snippet': 'more_set_headers "a: b";' } };
    expect(lines('a : foo.com Prefix /x -> s', annotations)).toEqual(['a /x unreachable']);
    expect(lint('a : foo.com Prefix /x -> s', annotations).findings.map(({ code, message }) => [code, message])).toEqual([
      [
        'ING-RULE-IGNORED',
        '`Prefix /x` gets no router: Traefik passes over an Ingress with `configuration-snippet`, which needs `allowSnippetAnnotations`',
      ],
    ]);
  });

  it('are told what Traefik does not read', () => {
    const { findings } = lint('a : foo.com Prefix /x -> s', { a: { 'mirror-target': 'https://x.y', 'backend-protocol': 'FCGI' } });
    expect(findings.map(({ code, message }) => [code, message])).toEqual([
      ['ING-ANNOTATION-UNSUPPORTED', 'Traefik does not read `backend-protocol: FCGI`, `mirror-target`: without effect there'],
    ]);
  });
});
