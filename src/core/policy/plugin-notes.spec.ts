import { describe, expect, it } from 'vitest';
import { calicoCluster } from '../../../test/support/calico-cluster.js';
import { askPolicy, endpoints, policyCluster } from '../../../test/support/policy-cluster.js';
import { finished } from '../kernel/steps.js';
import { CNI_PLUGINS } from '../model/cni-plugins.js';
import type { NetworkModel } from '../model/network-model.js';
import type { JsonObject } from '../kernel/json.js';
import { connectivity } from './connectivity.js';
import { connectivityDiff } from './connectivity-diff.js';
import { exposure } from './exposure.js';
import { reachability } from './reachability.js';

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

  const whole = {
    from: undefined,
    to: undefined,
    protocol: undefined,
    port: undefined,
    level: 'pod',
    external: false,
    format: 'table',
  } as const;
  /** The codes of what every question about many pairs warns of. */
  function told(model: NetworkModel): Readonly<Record<string, readonly string[]>> {
    const side = { model, from: undefined, to: undefined };
    const answers = {
      connectivity: finished(connectivity(model, whole)),
      diff: finished(connectivityDiff({ ...whole, before: side, after: side })),
      exposure: finished(exposure(model, { of: undefined, workload: undefined, direction: undefined, format: 'table' })),
      reachability: finished(reachability(model, { ...whole, side: 'to', subject: endpoints(model, 'shop/a'), others: undefined })),
    };
    return Object.fromEntries(
      Object.entries(answers).map(([name, one]) => [name, one.ok ? one.value.warnings.map(({ code }) => code) : []]),
    );
  }
  const everywhere = (...warned: readonly string[]) => ({ connectivity: warned, diff: warned, exposure: warned, reachability: warned });

  // "Policies with identical order will be applied in alphanumerical order based on the Policy Name" (`api/pkg/apis/projectcalico/v3/networkpolicy.go`).
  it('that ties of order are not decided by the place in a file stands in the answer', () => {
    const tie = (action: string) => ({ selector: 'app == "b"', types: ['Ingress'], order: 1, ingress: [{ action }] });
    const answer = (orderTies: string) => {
      const settings = { cni: { plugin: 'calico' }, policy: { orderTies } };
      return askPolicy(calicoCluster(PODS, { 'gnp z': tie('Deny'), 'gnp a': tie('Allow') }, { settings }), 'shop/a -> shop/b:80');
    };
    const told = (orderTies: string) => answer(orderTies).enforcement?.caveats.some((text) => text.includes('orderTies'));
    expect([answer('file').verdict, answer('name').verdict]).toEqual(['ALLOWED', 'ALLOWED']);
    expect([told('file'), told('name')]).toEqual([true, false]);
  });

  it('listings, differences, exposure and reachability say which policies they leave out, as the verdict does', () => {
    expect(told(policyCluster(PODS, anp, { cni: { plugin: 'antrea' } }))).toEqual(everywhere('API_NOT_ENFORCED'));
    // "A tier that does not exist": `api/pkg/apis/projectcalico/v3/tier.go`.
    const lost = calicoCluster(PODS, { 'gnp lost.a': { tier: 'lost', selector: 'all()', types: ['Ingress'], ingress: [] } });
    expect(told(lost)).toEqual(everywhere('TIER_MISSING'));
  });
});
