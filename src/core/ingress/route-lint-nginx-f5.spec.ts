import { describe, expect, it } from 'vitest';
import { ingressCluster } from '../../../test/support/ingress-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import { lintRoutes, ruleLine } from '../../../test/support/route-lint.js';

const lint = (rules: string, annotations: Readonly<Record<string, string>> = {}) => {
  const objects = ingressCluster(rules.replaceAll(' ; ', '\n')).map((one) =>
    one.kind === 'Ingress' ? { ...one, metadata: { ...one.metadata, annotations } } : one,
  );
  return lintRoutes(modelOf(objects), { class: 'c', dialect: 'nginx-f5' });
};
const lines = (...asked: Parameters<typeof lint>) => lint(...asked).rules.map(ruleLine);
const codes = (...asked: Parameters<typeof lint>) => lint(...asked).findings.map(({ code, object }) => `${code} ${object.name}`);

/** nginx/kubernetes-ingress `internal/k8s/configuration.go`, `internal/configs/ingress.go` (reference D1, D2, D3, D8, D10). */
describe('rules of the controller of NGINX Inc.', () => {
  it('of the oldest Ingress have the whole host, which is a conflict with age and owner', () => {
    const rules = 'a@2026-01-02 : foo.com Prefix /a -> s ; b@2026-01-01 : foo.com Prefix /b -> s ; c@2026-01-03 : foo.com Prefix /c -> s';
    expect(lines(rules)).toEqual(['a /a unreachable', 'b /b live GET http://foo.com/b', 'c /c unreachable']);
    expect(codes(rules)).toEqual(['ING-RULE-IGNORED a', 'ING-RULE-IGNORED c', 'ING-CONFLICT a', 'ING-CONFLICT c']);
    const [conflict] = lint(rules).conflicts;
    expect(conflict).toMatchObject({ host: 'foo.com', pathType: 'Host', decided: true });
    expect(conflict?.claims.map(({ object, createdAt, wins }) => [object.name, createdAt, wins])).toEqual([
      ['b', '2026-01-01T00:00:00Z', true],
      ['a', '2026-01-02T00:00:00Z', false],
      ['c', '2026-01-03T00:00:00Z', false],
    ]);
  });

  // `chooseObjectMetaWinner`: of one age the larger UID; manifests have none.
  it('of several Ingresses of one age are undecided', () => {
    const rules = 'a@2026-01-01 : foo.com Prefix /a -> s ; b@2026-01-01 : foo.com Prefix /b -> s';
    expect(lines(rules)).toEqual(['a /a undecided', 'b /b undecided']);
    expect(codes(rules)).toContain('ING-CONFLICT-UNDEFINED b');
  });

  // What names all of them in the message of each would grow with their square.
  it('of many Ingresses name the first few in each message, all in the conflict', () => {
    const rules = Array.from({ length: 40 }, (_, day) => `i${day}@20${10 + day}-01-01 : foo.com Prefix / -> s`).join(' ; ');
    const { conflicts, findings } = lint(rules);
    expect(conflicts.map(({ claims }) => claims.length)).toEqual([40]);
    const messages = findings.flatMap(({ code, message }) => (code === 'ING-CONFLICT' ? message : []));
    expect(messages.length).toBe(39);
    for (const message of messages) expect(message).toContain('Ingress t/i4 (created 2014-01-01T00:00:00Z) and 35 more; it belongs');
  });

  it('of wildcards have any name below, and of refused Ingresses the reason', () => {
    expect(lines('a : *.foo.com Prefix / -> s')).toEqual(['a / live GET http://witness.foo.com/']);
    const refused = 'a : *.foo.com Prefix / -> s ; a : *.foo.com Exact /x -> s ; b : any Prefix / -> s';
    expect(lint(refused).rules.map(({ why }) => why)).toEqual([
      'two rules have the same host',
      'two rules have the same host',
      'every rule needs a host, unless the controller runs with `-allow-empty-ingress-host`',
    ]);
  });

  it('of minions of one age that have a path together are undecided, others are not', () => {
    const mergeable = (type: string) => ({ 'nginx.org/mergeable-ingress-type': type });
    const objects = ingressCluster(
      'm : foo.com whole\na : foo.com Exact /x -> s\nb : foo.com Prefix /x -> s\nc : foo.com Prefix /y -> s',
    ).map((one) =>
      one.kind === 'Ingress'
        ? { ...one, metadata: { ...one.metadata, annotations: mergeable(one.metadata.name === 'm' ? 'master' : 'minion') } }
        : one,
    );
    const { rules } = lintRoutes(modelOf(objects), { class: 'c', dialect: 'nginx-f5' });
    expect(rules.map(ruleLine)).toEqual(['a /x undecided', 'b /x undecided', 'c /y live GET http://foo.com/y']);
  });
});
