import { describe, expect, it } from 'vitest';
import { askPolicy, policyCluster } from '../../../test/support/policy-cluster.js';
import { CNI_PLUGINS } from '../model/cni-plugins.js';
import type { JsonObject } from '../kernel/json.js';

/** Policy reference 3: what plugins enforce, and that each caveat stands in the answer. */

const PODS = 'shop/a app=a\nshop/b app=b';
const policies = (ports: readonly JsonObject[]) => ({ 'shop/p': { podSelector: {}, ingress: [{ from: [{ podSelector: {} }], ports }] } });
const ask = (ports: readonly JsonObject[], settings: JsonObject, flow = 'shop/a -> shop/b:80') =>
  askPolicy(policyCluster(PODS, policies(ports), settings), flow);
const codes = (ports: readonly JsonObject[], settings: JsonObject) => ask(ports, settings).warnings.map(({ code }) => code);

describe('what the network plugin does with policies', () => {
  it.each(['flannel', 'aws-vpc-cni', 'azure-cni'])('%s stores them, and the answer says what they would decide', (plugin) => {
    const { verdict, result, warnings, enforcement } = ask([{ port: 81 }], { cni: { plugin } });
    expect([verdict, result.policyVerdict, warnings.map(({ code }) => code)]).toEqual(['ALLOWED', 'DENIED', ['NOT_ENFORCED']]);
    expect(enforcement).toMatchObject({ cni: plugin, enforced: false });
  });

  it.each(Object.entries(CNI_PLUGINS).filter(([, { caveats }]) => caveats.length > 0))(
    'the caveats of %s stand in the answer',
    (plugin, facts) => {
      const { enforcement } = ask([{ port: 80 }], { cni: { plugin } });
      for (const { text, source } of facts.caveats) {
        expect(enforcement?.caveats).toContain(text);
        expect(source).not.toBe('');
      }
    },
  );

  it('a rule with SCTP or with a range of ports is told where the plugin does not enforce it', () => {
    const range = [{ port: 80, endPort: 90 }];
    expect(codes([{ port: 80, protocol: 'SCTP' }], { cni: { plugin: 'cilium' } })).toEqual(['SCTP_NOT_ENFORCED']);
    expect(codes([{ port: 80, protocol: 'SCTP' }], { cni: { plugin: 'cilium' }, policy: { sctp: true } })).toEqual([]);
    expect(codes(range, { cni: { plugin: 'weave' } })).toEqual(['END_PORT_NOT_ENFORCED']);
    expect(codes(range, { cni: { plugin: 'calico' } })).toEqual([]);
  });

  const anp = { 'anp deny': { priority: 1, subject: { namespaces: {} }, ingress: [{ action: 'Deny', from: [{ namespaces: {} }] }] } };
  const cnp = {
    'cnp deny': { tier: 'Admin', priority: 1, subject: { namespaces: {} }, ingress: [{ action: 'Deny', from: [{ namespaces: {} }] }] },
  };
  it.each([
    ['kindnet', anp, 'DENIED'],
    ['kube-network-policies', cnp, 'DENIED'],
    ['ovn-kubernetes', anp, 'DENIED'],
    ['antrea', anp, 'ALLOWED'],
    ['cilium', cnp, 'ALLOWED'],
  ])('%s and policies of the cluster', (plugin, of, verdict) => {
    const answer = askPolicy(policyCluster(PODS, of, { cni: { plugin } }), 'shop/a -> shop/b:80');
    const stored = verdict === 'ALLOWED' ? ['API_NOT_ENFORCED'] : [];
    expect([answer.verdict, answer.warnings.map(({ code }) => code)]).toEqual([verdict, stored]);
  });

  it.each([
    ['policy.networking.k8s.io/v1alpha2', 'ALLOWED', 'DENIED'],
    ['policy.networking.k8s.io/v1alpha1', 'DENIED', 'ALLOWED'],
  ])('one version of an API alone: %s', (version, ofAdmin, ofCluster) => {
    const settings = { cni: { plugin: 'antrea' }, policy: { apis: ['networking.k8s.io', version] } };
    const verdict = (of: typeof anp | typeof cnp) => askPolicy(policyCluster(PODS, of, settings), 'shop/a -> shop/b:80').verdict;
    expect([verdict(anp), verdict(cnp)]).toEqual([ofAdmin, ofCluster]);
  });
});
