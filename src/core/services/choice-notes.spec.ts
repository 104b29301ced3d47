import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import { serviceCluster } from '../../../test/support/service-cluster.js';
import { parseEndpointSelector } from '../model/parse-endpoint-selector.js';
import { resolveEndpoints } from '../model/resolve-endpoints.js';
import { resolveService } from './resolve-service.js';

const PROFILE = { podCIDRs: ['10.244.0.0/16'], serviceCIDRs: ['10.96.0.0/12'] };
const NODES = 'node a 192.168.0.1 ; node b 192.168.0.2 ; pod client 10.244.1.9@a';
const SERVICE = 'service web 10.96.0.10 http:80>8080@30080 type=NodePort';
const TWO = 'endpoints web 10.244.1.5@a 10.244.2.5@b';
const ONE = 'endpoints web 10.244.2.5@b';
const CILIUM = { mode: 'ebpf', ebpf: { program: 'cilium', algorithm: 'maglev', forwarding: 'dsr' } };

/** Codes of the notes that an answer carries about a choice, those of assumptions with a `?`. */
function notes(rules: string, from: string, proxy: object): string {
  const model = modelOf(serviceCluster(`${NODES};${rules}`), { ...PROFILE, proxy: proxy as never });
  const read = (text: string) => {
    const selector = parseEndpointSelector(text);
    const resolved = selector.ok ? resolveEndpoints(model, selector.value) : selector;
    if (!resolved.ok) throw new Error(resolved.error.message);
    return resolved.value;
  };
  const none = { port: undefined, protocol: undefined, node: undefined, sourceIP: undefined, destinationIP: undefined };
  const answer = resolveService(model, { to: read('svc/t/web'), from: read(from), ...none });
  if (!answer.ok) throw new Error(answer.error.message);
  const told = [...answer.value.assumptions.map(({ code }) => `${code}?`), ...answer.value.warnings.map(({ code }) => code)];
  return told.filter((code) => /^(CHOICE_|SESSION_|DIRECT_SERVER)/.test(code)).join(' ');
}

describe('what the probabilities of endpoints do not say', () => {
  // Kubernetes "Virtual IPs and Service Proxies"; kubernetes pkg/proxy/ipvs/README.md, ipvsadm(8); cilium/cilium kubeproxy-free.rst
  it.each([
    [`${SERVICE} ; ${TWO}`, 'pod/t/client', { mode: 'iptables' }, ''],
    [`${SERVICE} sessionAffinity=ClientIP ; ${TWO}`, 'pod/t/client', { mode: 'iptables' }, 'SESSION_AFFINITY'],
    [`${SERVICE} sessionAffinity=ClientIP ; ${ONE}`, 'pod/t/client', { mode: 'iptables' }, ''],
    [`${SERVICE} ; ${TWO}`, 'pod/t/client', { mode: 'ipvs', ipvs: { scheduler: 'wrr' } }, ''],
    [`${SERVICE} ; ${TWO}`, 'pod/t/client', { mode: 'ipvs', ipvs: { scheduler: 'lc' } }, 'CHOICE_BY_LOAD?'],
    [`${SERVICE} ; ${TWO}`, 'pod/t/client', { mode: 'ipvs', ipvs: { scheduler: 'sh' } }, 'CHOICE_BY_HASH'],
    [`${SERVICE} ; ${TWO}`, 'pod/t/client', { mode: 'ipvs', ipvs: { scheduler: 'dh' } }, 'CHOICE_BY_HASH'],
    [`${SERVICE} ; ${ONE}`, 'pod/t/client', { mode: 'ipvs', ipvs: { scheduler: 'lc' } }, ''],
    [`${SERVICE} ; ${TWO}`, 'pod/t/client', CILIUM, ''],
    [`${SERVICE} ; ${TWO}`, 'internet', CILIUM, 'CHOICE_BY_HASH DIRECT_SERVER_RETURN'],
    [`${SERVICE} externalTrafficPolicy=Local ; ${ONE}`, 'internet', CILIUM, ''],
  ])('%s from %s by %j', (rules, from, proxy, expected) => {
    expect(notes(rules, from, proxy)).toBe(expected);
  });
});
