import { describe, expect, it } from 'vitest';
import { modelOf, objectsOf } from '../../../test/support/model.js';
import { formatCidr } from '../net/cidr.js';
import type { ProxyProfile } from './network-profile.js';

/** `value <- provenance Kind/name pointer` of one field of the service proxy. */
async function fieldOf(yaml: string, field: string): Promise<string> {
  const { profile, profileSources } = modelOf(await objectsOf(yaml));
  const value = profile.proxy[field as keyof ProxyProfile];
  const { provenance, object, pointer } = profileSources.get(`proxy.${field}`) ?? {};
  const place = object ? ` ${object.kind}/${object.name} ${pointer ?? ''}` : '';
  return `${JSON.stringify(Array.isArray(value) ? value.map(formatCidr) : value)} <- ${provenance}${place}`;
}

const proxy = (text: string) =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'kube-proxy', namespace: 'kube-system' },
    data: { 'config.conf': `kind: KubeProxyConfiguration\n${text}` },
  });
const flagged = (...flags: string[]) =>
  JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'kube-proxy', namespace: 'kube-system' },
    spec: {
      selector: { matchLabels: { app: 'kube-proxy' } },
      template: {
        metadata: { labels: { app: 'kube-proxy' } },
        spec: {
          hostNetwork: true,
          containers: [{ name: 'kube-proxy', image: 'example/kube-proxy:v1.30', command: ['kube-proxy', ...flags] }],
        },
      },
    },
  });

const TOLD = 'observed ConfigMap/kube-proxy /data/config.conf';
const FLAG = 'observed DaemonSet/kube-proxy /spec/template/spec/containers/0';

/** kubernetes `pkg/proxy/apis/config/types.go`, and the flags of `cmd/kube-proxy/app/options.go`. */
describe('what the input tells of kube-proxy', () => {
  it.each([
    ['mode', proxy('mode: nftables'), `"nftables" <- ${TOLD}`],
    ['mode', proxy('mode: ""'), '"iptables" <- defaulted ConfigMap/kube-proxy /data/config.conf'],
    ['mode', flagged('--proxy-mode=ipvs'), `"ipvs" <- ${FLAG}`],
    ['masqueradeAll', proxy('iptables:\n  masqueradeAll: true'), `true <- ${TOLD}`],
    ['masqueradeAll', proxy('mode: nftables\nnftables:\n  masqueradeAll: true'), `true <- ${TOLD}`],
    ['masqueradeAll', flagged('--masquerade-all=true'), `true <- ${FLAG}`],
    ['nodePortAddresses', proxy('nodePortAddresses:\n- 10.0.0.0/8'), `["10.0.0.0/8"] <- ${TOLD}`],
    // NodePortAddressesPrimary: of every node the first of a family
    ['nodePortAddresses', proxy('nodePortAddresses: [primary]'), `"primary" <- ${TOLD}`],
    ['nodePortAddresses', flagged('--nodeport-addresses=primary'), `"primary" <- ${FLAG}`],
    ['localhostNodePorts', proxy('iptables:\n  localhostNodePorts: false'), `false <- ${TOLD}`],
    ['localhostNodePorts', proxy('mode: ipvs\niptables:\n  localhostNodePorts: true'), 'false <- defaulted'],
    ['localhostNodePorts', flagged('--iptables-localhost-nodeports=false'), `false <- ${FLAG}`],
    // without clusterCIDR it cannot tell pods, unless it looks at something else
    ['detectLocal', proxy('clusterCIDR: ""'), `false <- ${TOLD}`],
    ['detectLocal', proxy('clusterCIDR: ""\ndetectLocalMode: InterfaceNamePrefix'), `true <- ${TOLD}`],
    ['detectLocal', flagged('--detect-local-mode=NodeCIDR'), `true <- ${FLAG}`],
  ])('%s: %s', async (field, manifest, expected) => expect(await fieldOf(manifest, field)).toBe(expected));
});
