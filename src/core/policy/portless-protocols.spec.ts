import { describe, expect, it } from 'vitest';
import { calicoCluster } from '../../../test/support/calico-cluster.js';
import { endpoints, policyCluster } from '../../../test/support/policy-cluster.js';
import type { JsonObject } from '../kernel/json.js';
import { finished } from '../kernel/steps.js';
import type { NetworkModel } from '../model/network-model.js';
import type { PortlessProtocol } from './asked-protocol.js';
import { connectivity } from './connectivity.js';
import { connectivityDiff } from './connectivity-diff.js';
import { policyVerdict } from './policy-verdict.js';
import { reachability } from './reachability.js';

const PODS = 'shop/web app=web @10.0.0.1\ndata/db app=db @10.0.0.2';
const CILIUM = { cni: { plugin: 'cilium' } } as const;

/** `1`, `1/8`, `1/8/0`, `58/128`, `47`. */
function protocolOf(text: string): PortlessProtocol {
  const [number = 0, icmpType, icmpCode] = text.split('/').map(Number);
  return { number, icmpType, icmpCode };
}

function ask(model: NetworkModel, protocol: string, to = 'data/db') {
  const [from, receiver] = [endpoints(model, 'shop/web'), endpoints(model, to)];
  return finished(policyVerdict(model, { from, to: receiver, protocol: protocolOf(protocol), port: undefined }));
}

function verdictOf(model: NetworkModel, protocol: string): string {
  const answer = ask(model, protocol);
  return answer.ok ? answer.value.verdict : answer.error.message;
}

const calico = (...ingress: readonly JsonObject[]) =>
  calicoCluster(PODS, { 'gnp db': { selector: 'app == "db"', types: ['Ingress'], ingress } });
const cilium = (...ingress: readonly JsonObject[]) =>
  policyCluster(PODS, { 'ciliumnp data/db': { endpointSelector: {}, ingress } }, CILIUM);
const echo = { action: 'Allow', protocol: 'ICMP', icmp: { type: 8, code: 0 } };

describe('protocols without ports', () => {
  // projectcalico/calico `api/pkg/apis/projectcalico/v3/networkpolicy.go`, Rule: Protocol, ICMP, NotICMP.
  it.each([
    ['1/8/0', 'ALLOWED', calico(echo)],
    ['1/8/1', 'DENIED', calico(echo)],
    ['1/8', 'MIXED', calico(echo)],
    ['1', 'MIXED', calico(echo)],
    ['58/128', 'DENIED', calico(echo)],
    ['58/128/3', 'ALLOWED', calico({ action: 'Allow', protocol: 'ICMPv6', icmp: { type: 128 } })],
    ['1/8', 'DENIED', calico({ action: 'Allow', protocol: 'ICMP', notICMP: { type: 8 } })],
    ['1/0', 'ALLOWED', calico({ action: 'Allow', protocol: 'ICMP', notICMP: { type: 8 } })],
    ['47', 'ALLOWED', calico({ action: 'Allow', protocol: 47 })],
    ['50', 'DENIED', calico({ action: 'Allow', protocol: 47 })],
    ['1', 'DENIED', calico({ action: 'Allow', protocol: 'TCP' })],
    ['136', 'ALLOWED', calico({ action: 'Allow' })],
  ])('Calico %#: %s is %s', (protocol, verdict, model) => {
    expect(verdictOf(model, protocol)).toBe(verdict);
  });

  // cilium/cilium `Documentation/security/policy/layer4.rst`: "ICMP traffic is blocked as soon as any L4 rule exists"; `icmps` name types.
  it.each([
    ['1/8', 'ALLOWED', cilium({ fromEntities: ['all'] })],
    ['1/8', 'DENIED', cilium({ fromEntities: ['all'], toPorts: [{ ports: [{ port: '80' }] }] })],
    ['1/8/0', 'ALLOWED', cilium({ fromEntities: ['all'], icmps: [{ fields: [{ type: 8, family: 'IPv4' }] }] })],
    ['58/8', 'DENIED', cilium({ fromEntities: ['all'], icmps: [{ fields: [{ type: 8, family: 'IPv4' }] }] })],
    ['58/128', 'ALLOWED', cilium({ fromEntities: ['all'], icmps: [{ fields: [{ type: 'EchoRequest', family: 'IPv6' }] }] })],
  ])('Cilium %#: %s is %s', (protocol, verdict, model) => {
    expect(verdictOf(model, protocol)).toBe(verdict);
  });

  // Kubernetes documentation, Network Policies: defined for TCP, UDP and SCTP; "the behaviour is undefined for all other protocols".
  it('NetworkPolicies leave them to the plugin, which the answer says', () => {
    const np = (...ports: readonly number[]) =>
      policyCluster(PODS, {
        'data/db': { podSelector: {}, ingress: [ports.length === 0 ? {} : { ports: ports.map((port) => ({ port })) }] },
      });
    for (const [model, verdict] of [
      [np(), 'ALLOWED'],
      [np(80), 'DENIED'],
    ] as const) {
      const answer = ask(model, '1/8');
      if (!answer.ok) throw new Error(answer.error.message);
      expect(answer.value.verdict).toBe(verdict);
      expect(answer.value.confidence).toBe('ASSUMED');
      expect(answer.value.assumptions[0]).toMatchObject({ code: 'PROTOCOL_NOT_DEFINED', message: expect.stringContaining('ICMP type 8') });
    }
    const free = ask(policyCluster(PODS, {}), '1/8');
    expect(free.ok && free.value.assumptions.map(({ code }) => code)).not.toContain('PROTOCOL_NOT_DEFINED');
  });

  it('the nearest change names them, where rules can', () => {
    const fixes = (model: NetworkModel, protocol: string) => {
      const answer = ask(model, protocol);
      return answer.ok ? answer.value.result.nearMisses.map(({ fix }) => fix) : [];
    };
    const allowed = 'Allow from `app == "web"` of namespaces `projectcalico.org/name == "shop"`';
    const add = 'add a rule to `/spec/ingress` of';
    expect(fixes(calico(), '1/8/0')).toEqual([`${add} GlobalNetworkPolicy db: ${allowed}, ICMP type 8 code 0`]);
    expect(fixes(calico(), '47')).toEqual([`${add} GlobalNetworkPolicy db: ${allowed}, protocol 47`]);
    expect(fixes(cilium({ fromEntities: ['world'] }), '1/8')[0]).toBe(
      `${add} CiliumNetworkPolicy data/db: from endpoints \`app=web\` of namespace shop, ICMP type 8`,
    );
    // `icmps` has types beside types; beside ports it may not stand ("may only be present without ToPorts", `pkg/policy/api/rule_validation.go`).
    const reply = cilium({ fromEntities: ['all'], icmps: [{ fields: [{ type: 'EchoReply' }] }] });
    expect(fixes(reply, '1/8')[0]).toBe(
      'add `{fields: [{family: IPv4, type: 8}]}` to `/spec/ingress/0/icmps` of CiliumNetworkPolicy data/db',
    );
    const ported = cilium({ fromEntities: ['all'], toPorts: [{ ports: [{ port: '80' }] }] });
    expect(fixes(ported, '1/8')[0]).toMatch(/^add a rule to/);
    const np = policyCluster(PODS, { 'data/db': { podSelector: {}, policyTypes: ['Ingress'] } });
    expect(fixes(np, '1/8')).toEqual([`${add} NetworkPolicy data/db: from pods \`app=web\` of namespace shop, every port`]);
  });

  it('a service hands on its ports alone', () => {
    const model = policyCluster(`${PODS}\nsvc data/db app=db 80`, {});
    const answer = ask(model, '1/8', 'svc/data/db');
    expect(answer.ok ? undefined : [answer.error.message, answer.error.errors?.[0]?.pointer]).toEqual([
      'service `data/db` hands on the ports that it has, and no ICMP type 8',
      '/to',
    ]);
  });

  it('are listed by whom they come from', () => {
    const model = calico({ ...echo, source: { selector: 'app == "web"' } });
    const asked = (protocol: string) => {
      const subject = endpoints(model, 'data/db');
      const answer = finished(
        reachability(model, {
          side: 'to',
          subject,
          others: endpoints(model, 'ns/shop'),
          protocol: protocolOf(protocol),
          port: undefined,
        }),
      );
      return answer.ok ? [answer.value.verdict, answer.value.summary] : answer.error.message;
    };
    expect(asked('1/8/0')).toEqual([
      'REACHABLE',
      '1 can reach pod/data/db over ICMP type 8 code 0, 0 cannot: Pod shop/web (ICMP type 8 code 0)',
    ]);
    expect(asked('1/0')).toEqual(['UNREACHABLE', '0 can reach pod/data/db over ICMP type 0, 1 cannot']);
  });

  it('cut a listing, and a comparison of two states', () => {
    const before = calico({ action: 'Allow', protocol: 'TCP' });
    const after = calico({ ...echo, source: { selector: 'app == "web"' } });
    const cut = { level: 'pod', format: 'table', port: undefined, external: false } as const;
    const listed = (protocol: string) => {
      const whole = { from: undefined, to: undefined } as const;
      const answer = finished(connectivity(after, { ...cut, ...whole, protocol: protocolOf(protocol) }));
      if (!answer.ok) throw new Error(answer.error.message);
      return answer.value.result.connections.map(({ from, to, connection }) => `${from} → ${to}: ${connection}`);
    };
    const back = 'Pod data/db → Pod shop/web: ICMP';
    expect(listed('1/8/0')).toEqual([`${back} type 8 code 0`, 'Pod shop/web → Pod data/db: ICMP type 8 code 0']);
    expect(listed('1/0')).toEqual([`${back} type 0`]);
    const side = (model: NetworkModel) => ({ model, from: undefined, to: undefined });
    const differ = (protocol: string) => {
      const answer = finished(connectivityDiff({ ...cut, before: side(before), after: side(after), protocol: protocolOf(protocol) }));
      if (!answer.ok) throw new Error(answer.error.message);
      return answer.value.result.connections.map((one) => `${one.change} ${one.from} → ${one.to}: ${one.after}`);
    };
    expect(differ('1/8/0')).toEqual(['added Pod shop/web → Pod data/db: ICMP type 8 code 0']);
    expect(differ('1/0')).toEqual([]);
  });

  it('a listing says that NetworkPolicies leave them to the plugin', () => {
    const model = policyCluster(PODS, { 'data/db': { podSelector: {} } });
    const whole = { from: undefined, to: undefined, port: undefined } as const;
    const listed = (protocol: PortlessProtocol | undefined) =>
      finished(connectivity(model, { ...whole, level: 'pod', format: 'table', external: false, protocol }));
    const codes = (protocol: PortlessProtocol | undefined) => {
      const answer = listed(protocol);
      return answer.ok ? answer.value.assumptions.map(({ code }) => code) : [];
    };
    expect(codes(protocolOf('1'))).toContain('PROTOCOL_NOT_DEFINED');
    expect(codes(undefined)).not.toContain('PROTOCOL_NOT_DEFINED');
  });
});
