import { describe, expect, it } from 'vitest';
import { policyCluster, type PolicySpecs } from '../../../test/support/policy-cluster.js';
import { finished } from '../kernel/steps.js';
import { connectivityExplained } from './connectivity-explained.js';

const PODS = `ns foo security=internal\nns bar security=internal\nns baz\nns watch
foo/myfoo security=internal\nbar/mybar security=internal\nbaz/mybaz security=none\nwatch/eye security=watch`;

/** The lines behind the header of each pair, without indentation, by `from => to`; those of the second section by themselves. */
function explained(specs: PolicySpecs, pods = PODS) {
  const question = { from: undefined, to: undefined, protocol: undefined, port: undefined, level: 'workload', external: true } as const;
  const answer = finished(connectivityExplained(policyCluster(pods, specs), { ...question, format: 'netpol-analyzer' }));
  if (!answer.ok) throw new Error(answer.error.message);
  const text = [...answer.value()].flat().join('\n');
  const [specific = '', byDefault = ''] = text.split('# All Connections due to the system default (Allow all) #');
  const pairs = specific.split(`${'-'.repeat(160)}\n`).slice(1);
  return {
    of: (ends: string) =>
      pairs
        .find((pair) => pair.startsWith(`Connections between ${ends}:`))
        ?.split('\n')
        .slice(2, -1) ?? [],
    specific,
    byDefault: byDefault.split('\n').filter((line) => line.includes(' => ')),
  };
}

const named = (name: string) => ({ matchLabels: { 'kubernetes.io/metadata.name': name } });
const internal = { namespaces: { matchLabels: { security: 'internal' } } };

/** np-guard/netpol-analyzer `docs/explain_analysis.md`, and the outputs of its tests with `--explain`: what is told of each pair, in which words. */
describe('connections with their reasons, as `netpol-analyzer list --explain` tells them', () => {
  const demo = explained({
    'foo/allow-watch': { podSelector: {}, policyTypes: ['Ingress'], ingress: [{ from: [{ namespaceSelector: named('watch') }] }] },
    'anp pass-watch': {
      priority: 7,
      subject: internal,
      ingress: [{ name: 'pass-from-watch', action: 'Pass', from: [{ namespaces: named('watch') }] }],
    },
    'banp default': { subject: internal, ingress: [{ name: 'deny-all', action: 'Deny', from: [{ namespaces: {} }] }] },
  });

  it('a rule that passes, and the one that decides behind it', () => {
    expect(demo.of('watch/eye[Pod] => foo/myfoo[Pod]')).toEqual([
      'Allowed connections:',
      '\tAllowed TCP, UDP, SCTP due to the following policies and rules:',
      '\t\tEgress (Allowed) due to the system default (Allow all)',
      '\t\tIngress (Allowed)',
      "\t\t\tAdminNetworkPolicy 'pass-watch' passes connections by Ingress rule pass-from-watch",
      "\t\t\tNetworkPolicy 'foo/allow-watch' allows connections by Ingress rule #1",
      '',
    ]);
    expect(demo.of('watch/eye[Pod] => bar/mybar[Pod]').slice(-3)).toEqual([
      "\t\t\tAdminNetworkPolicy 'pass-watch' passes connections by Ingress rule pass-from-watch",
      "\t\t\tBaselineAdminNetworkPolicy 'default' denies connections by Ingress rule deny-all",
      '',
    ]);
  });

  it('a policy that selects the one and allows nothing from the other', () => {
    expect(demo.of('baz/mybaz[Pod] => foo/myfoo[Pod]')).toEqual([
      'Denied connections:',
      '\tDenied TCP, UDP, SCTP due to the following policies and rules:',
      '\t\tEgress (Allowed) due to the system default (Allow all)',
      '\t\tIngress (Denied)',
      "\t\t\tNetworkPolicy 'foo/allow-watch' selects foo/myfoo[Pod], but baz/mybaz[Pod] is not allowed by any Ingress rule",
      '',
    ]);
  });

  it('pairs of which no policy speaks come behind, by name', () => {
    expect(demo.byDefault).toContain('bar/mybar[Pod] => baz/mybaz[Pod]');
    expect(demo.byDefault.filter((line) => line.endsWith('=> foo/myfoo[Pod]'))).toEqual([]);
    expect(demo.specific).toMatch(/^\n#{42}\n# Specific connections and their reasons #\n#{42}\n-{160}\n/);
  });

  it('several policies are a list, and ports that no rule names are told apart', () => {
    const specs = {
      'foo/close': { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
      'foo/web': { podSelector: {}, ingress: [{ from: [{ namespaceSelector: named('bar') }], ports: [{ port: 8080 }] }] },
    };
    const denied = [
      '\t\tEgress (Allowed) due to the system default (Allow all)',
      '\t\tIngress (Denied)',
      '\t\t\tNetworkPolicy list:',
      "\t\t\t\t- NetworkPolicy 'foo/close' selects foo/myfoo[Pod], but bar/mybar[Pod] is not allowed by any Ingress rule (no rules defined)",
      "\t\t\t\t- NetworkPolicy 'foo/web' selects foo/myfoo[Pod], and Ingress rule #1 selects bar/mybar[Pod], but the protocols and ports do not match",
      '',
      '',
    ];
    expect(explained(specs).of('bar/mybar[Pod] => foo/myfoo[Pod]')).toEqual([
      'Allowed connections:',
      '\tAllowed TCP:[8080] due to the following policies and rules:',
      '\t\tEgress (Allowed) due to the system default (Allow all)',
      '\t\tIngress (Allowed)',
      "\t\t\tNetworkPolicy 'foo/web' allows connections by Ingress rule #1",
      '',
      'Denied connections:',
      '\tDenied TCP:[1-8079,8081-65535], UDP, SCTP due to the following policies and rules:',
      ...denied,
    ]);
  });

  it('does not tell the reasons of very many ports one by one', () => {
    const rules = Array.from({ length: 201 }, (_, at) => ({ ports: [{ port: 2 * at + 1 }] }));
    const lines = explained({ 'foo/many': { podSelector: {}, ingress: rules } }).of('bar/mybar[Pod] => foo/myfoo[Pod]');
    expect(lines[0]).toContain('more than 200 stretches of ports');
  });

  // netpol-analyzer `test_outputs/connlist/anp_demo_explain_output.txt`, gryffindor => slytherin; `anp_test_10_explain_output.txt`, hufflepuff => slytherin.
  it('what the default allows beside what policies decide is told in one line', () => {
    const deny = {
      name: 'deny-port',
      action: 'Deny',
      to: [{ namespaces: named('watch') }],
      ports: [{ portNumber: { protocol: 'UDP', port: 5353 } }],
    };
    const partly = explained({ 'anp egress-udp': { priority: 10, subject: { namespaces: named('foo') }, egress: [deny] } });
    expect(partly.of('foo/myfoo[Pod] => watch/eye[Pod]').slice(0, 9)).toEqual([
      'Allowed connections:',
      '\tAllowed TCP, UDP:[1-5352,5354-65535], SCTP due to the system default (Allow all)',
      '',
      'Denied connections:',
      '\tDenied UDP:[5353] due to the following policies and rules:',
      '\t\tEgress (Denied)',
      "\t\t\tAdminNetworkPolicy 'egress-udp' denies connections by Egress rule deny-port",
      '\t\tIngress (Allowed) due to the system default (Allow all)',
      '',
    ]);
    expect(partly.byDefault).toHaveLength(4 * 3 + 2 * 4 - 1);
    expect(partly.byDefault).not.toContain('foo/myfoo[Pod] => watch/eye[Pod]');
  });
});
