import { describe, expect, it } from 'vitest';
import { modelOf, objectsOf } from '../../../test/support/model.js';
import { formatCidr } from '../net/cidr.js';
import { formatIp } from '../net/ip.js';
import type { ProfileSettings } from './profile-settings.js';

/** `{family, base, prefix}` and `{family, value}` as people write them. */
function readable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value !== 'object' || value === null) return value;
  if ('base' in value) return formatCidr(value as Parameters<typeof formatCidr>[0]);
  if ('value' in value) return formatIp(value as Parameters<typeof formatIp>[0]);
  return value;
}

/** `value <- provenance Kind/name pointer` of one field. */
async function fieldOf(yaml: string, field: string, settings?: ProfileSettings): Promise<string> {
  const { profile, profileSources } = modelOf(await objectsOf(yaml), settings);
  const value = field.split('.').reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], profile);
  const { provenance, object, pointer } = profileSources.get(field) ?? {};
  const place = object ? ` ${object.kind}/${object.name}${pointer === undefined ? '' : ` ${pointer}`}` : '';
  return `${JSON.stringify(readable(value))} <- ${provenance}${place}`;
}

const configMap = (name: string, data: Record<string, string>, namespace = 'kube-system') =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data });
const daemonSet = (name: string, ...containers: object[]) => {
  const template = { metadata: { labels: { app: name } }, spec: { hostNetwork: true, containers } };
  const spec = { selector: { matchLabels: { app: name } }, template };
  return JSON.stringify({ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name, namespace: 'kube-system' }, spec });
};
const staticPod = (name: string, image: string, ...command: string[]) =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `${name}-cp`, namespace: 'kube-system' },
    spec: {
      hostNetwork: true,
      nodeName: 'cp',
      containers: [{ name, image: `registry.k8s.io/${image}:v1.34.0`, command: [name, ...command] }],
    },
  });
const node = (name: string, ...podCIDRs: string[]) =>
  JSON.stringify({ apiVersion: 'v1', kind: 'Node', metadata: { name }, spec: { podCIDRs } });
const service = (namespace: string, name: string, clusterIP: string) =>
  JSON.stringify({ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec: { clusterIP, ports: [{ port: 53 }] } });
const calico = (spec: object, kind = 'IPPool') =>
  JSON.stringify({ apiVersion: 'crd.projectcalico.org/v1', kind, metadata: { name: 'default' }, spec });
const corefile = (text: string) => configMap('coredns', { Corefile: text });
const kubeadm = (text: string) => configMap('kubeadm-config', { ClusterConfiguration: text });
const proxy = (text: string) => configMap('kube-proxy', { 'config.conf': `kind: KubeProxyConfiguration\n${text}` });
const flannel = (config: object) => configMap('kube-flannel-cfg', { 'net-conf.json': JSON.stringify(config) }, 'kube-flannel');
const AGENT = { name: 'calico-node', image: 'quay.io/calico/node:v3.31.0' };
const AWS = { name: 'aws-node', image: 'example/amazon-k8s-cni:v1.20' };

/** The fields: cilium/cilium `Documentation/network/kubernetes/ipam-multi-pool.rst`. */
const CILIUM_POOLS = [
  { name: 'blue', spec: { ipv4: { cidrs: ['10.10.0.0/16'], maskSize: 27 } } },
  { name: 'default', spec: { ipv4: { cidrs: ['10.20.0.0/16'], maskSize: 24 }, ipv6: { cidrs: ['fd00:20::/104'], maskSize: 120 } } },
].map(({ name, spec }) => JSON.stringify({ apiVersion: 'cilium.io/v2alpha1', kind: 'CiliumPodIPPool', metadata: { name }, spec }));

/** In v2 a prefix is an object: cilium/cilium `pkg/k8s/apis/cilium.io/v2/ippool_types.go`, PoolCIDR. */
const CILIUM_POOL_V2 = JSON.stringify({
  apiVersion: 'cilium.io/v2',
  kind: 'CiliumPodIPPool',
  metadata: { name: 'green' },
  spec: { ipv4: { cidrs: [{ cidr: '10.30.0.0/16' }, { cidr: '10.40.0.0/16' }], maskSize: 26 } },
});

type Row = readonly [what: string, objects: readonly string[], field: string, expected: string];

/** Fields and meanings: flannel `Documentation/configuration.md`; Calico and Cilium references; ipam-dataplane reference 3.3, 3.4; policy reference 3. */
const PLUGINS: readonly Row[] = [
  [
    'flannel’s backend',
    [flannel({ Network: '10.5.0.0/16', Backend: { Type: 'host-gw' } })],
    'cni.mode',
    '"host-gw" <- observed ConfigMap/kube-flannel-cfg /data/net-conf.json',
  ],
  [
    'flannel’s DirectRouting',
    [flannel({ Backend: { Type: 'vxlan', DirectRouting: true } })],
    'cni.crossSubnet',
    'true <- observed ConfigMap/kube-flannel-cfg /data/net-conf.json',
  ],
  [
    'flannel’s IPv6 network counts when it is on',
    [flannel({ Network: '10.5.0.0/16', EnableIPv6: true, IPv6Network: 'fd05::/56' })],
    'podCIDRs',
    '["10.5.0.0/16","fd05::/56"] <- observed ConfigMap/kube-flannel-cfg /data/net-conf.json',
  ],
  [
    'flannel enforces no policies',
    [flannel({ Network: '10.5.0.0/16' })],
    'policy.enforcement',
    '"none" <- derived ConfigMap/kube-flannel-cfg /data/net-conf.json',
  ],
  ['… and no API', [flannel({ Network: '10.5.0.0/16' })], 'policy.apis', '[] <- derived ConfigMap/kube-flannel-cfg /data/net-conf.json'],
  [
    '… unless Calico does beside it',
    [flannel({}), daemonSet('calico-node', AGENT)],
    'policy.enforcement',
    '"on" <- derived DaemonSet/calico-node /spec/template/spec/containers/0/image',
  ],
  [
    'Canal is Flannel with Calico’s policies',
    [
      daemonSet('canal', AGENT, { name: 'kube-flannel', image: 'flannel/flannel:v0.24' }),
      configMap('canal-config', { veth_mtu: '1400', 'net-conf.json': '{"Network":"10.6.0.0/16"}' }),
    ],
    'cni.plugin',
    '"canal" <- observed DaemonSet/canal /metadata/name',
  ],
  [
    'Canal’s interface MTU',
    [configMap('canal-config', { veth_mtu: '1400', 'net-conf.json': '{"Network":"10.6.0.0/16"}' })],
    'cni.mtu',
    '1400 <- observed ConfigMap/canal-config /data/veth_mtu',
  ],
  [
    'calico’s pool',
    [calico({ cidr: '10.7.0.0/16', ipipMode: 'Always' })],
    'podCIDRs',
    '["10.7.0.0/16"] <- observed IPPool/default /spec/cidr',
  ],
  [
    'calico’s IP-in-IP',
    [calico({ cidr: '10.7.0.0/16', ipipMode: 'CrossSubnet' })],
    'cni.mode',
    '"ipip" <- observed IPPool/default /spec/ipipMode',
  ],
  ['calico without encapsulation routes by BGP', [calico({ cidr: '10.7.0.0/16' })], 'cni.mode', '"bgp" <- observed IPPool/default /spec'],
  [
    'calico’s block size',
    [calico({ cidr: '10.7.0.0/16', blockSize: 24 })],
    'cni.blockSize',
    '24 <- observed IPPool/default /spec/blockSize',
  ],
  [
    'a pool for load balancers is none of pods',
    [daemonSet('calico-node', AGENT), calico({ cidr: '192.0.2.0/24', allowedUses: ['LoadBalancer'] })],
    'podCIDRs',
    '["10.244.0.0/16"] <- assumed',
  ],
  [
    'calico-node’s environment, before there is a pool',
    [daemonSet('calico-node', { ...AGENT, env: [{ name: 'CALICO_IPV4POOL_VXLAN', value: 'CrossSubnet' }] })],
    'cni.crossSubnet',
    'true <- observed DaemonSet/calico-node /spec/template/spec/containers/0/env',
  ],
  [
    'felix’s MTU for the mode in use',
    [calico({ cidr: '10.7.0.0/16', vxlanMode: 'Always' }), calico({ vxlanMTU: 1410, ipipMTU: 1400 }, 'FelixConfiguration')],
    'cni.mtu',
    '1410 <- observed FelixConfiguration/default /spec/vxlanMTU',
  ],
  [
    'felix’s eBPF dataplane stands in for kube-proxy',
    [daemonSet('calico-node', AGENT), calico({ bpfEnabled: true }, 'FelixConfiguration'), proxy('mode: ipvs')],
    'proxy.mode',
    '"ebpf" <- observed FelixConfiguration/default /spec/bpfEnabled',
  ],
  [
    'cilium’s tunnel',
    [configMap('cilium-config', { 'routing-mode': 'tunnel', 'tunnel-protocol': 'geneve' })],
    'cni.mode',
    '"geneve" <- observed ConfigMap/cilium-config /data/tunnel-protocol',
  ],
  [
    'cilium’s tunnel before 1.14',
    [configMap('cilium-config', { tunnel: 'disabled' })],
    'cni.mode',
    '"native" <- observed ConfigMap/cilium-config /data/tunnel',
  ],
  [
    'cilium’s pool is not asked when Kubernetes gives the ranges',
    [configMap('cilium-config', { ipam: 'kubernetes', 'cluster-pool-ipv4-cidr': '10.0.0.0/8' }), node('a', '10.8.3.0/24')],
    'podCIDRs',
    '["10.8.0.0/16"] <- assumed Node/a',
  ],
  [
    'cilium’s pools, where there are several',
    [configMap('cilium-config', { ipam: 'multi-pool' }), ...CILIUM_POOLS],
    'podCIDRs',
    '["10.20.0.0/16","fd00:20::/104","10.10.0.0/16"] <- observed CiliumPodIPPool/default /spec',
  ],
  [
    'cilium’s pools of v2',
    [configMap('cilium-config', { ipam: 'multi-pool' }), CILIUM_POOL_V2],
    'podCIDRs',
    '["10.30.0.0/16","10.40.0.0/16"] <- observed CiliumPodIPPool/green /spec',
  ],
  [
    'what a node gets of cilium’s default pool',
    [configMap('cilium-config', { ipam: 'multi-pool' }), ...CILIUM_POOLS],
    'nodeCIDRMaskSizes.v4',
    '24 <- observed CiliumPodIPPool/default /spec/ipv4/maskSize',
  ],
  [
    'cilium does not match pods by ipBlock',
    [configMap('cilium-config', {})],
    'policy.ipBlockMatchesPods',
    'false <- derived ConfigMap/cilium-config /data',
  ],
  [
    'cilium’s localhost under policy',
    [configMap('cilium-config', { 'allow-localhost': 'policy' })],
    'policy.nodeToOwnPod',
    'false <- observed ConfigMap/cilium-config /data/allow-localhost',
  ],
  [
    'weave’s range',
    [
      daemonSet('weave-net', {
        name: 'weave',
        image: 'weaveworks/weave-kube:2.8',
        env: [{ name: 'IPALLOC_RANGE', value: '10.40.0.0/13' }],
      }),
    ],
    'podCIDRs',
    '["10.40.0.0/13"] <- observed DaemonSet/weave-net /spec/template/spec/containers/0/env',
  ],
  [
    'weave’s default range',
    [daemonSet('weave-net', { name: 'weave', image: 'weaveworks/weave-kube:2.8' })],
    'podCIDRs',
    '["10.32.0.0/12"] <- defaulted DaemonSet/weave-net /spec/template/spec/containers/0',
  ],
  [
    'weave’s password, which a Secret has',
    [
      daemonSet('weave-net', {
        name: 'weave',
        image: 'weaveworks/weave-kube:2.8',
        env: [{ name: 'WEAVE_PASSWORD', valueFrom: { secretKeyRef: { name: 'weave-passwd', key: 'weave-passwd' } } }],
      }),
    ],
    'cni.encryption',
    '"ipsec" <- observed DaemonSet/weave-net /spec/template/spec/containers/0/env',
  ],
  [
    'weave without weave-npc enforces nothing',
    [daemonSet('weave-net', { name: 'weave', image: 'weaveworks/weave-kube:2.8' })],
    'policy.enforcement',
    '"none" <- derived DaemonSet/weave-net /spec/template/spec/containers/0/image',
  ],
  [
    'antrea’s agent configuration',
    [configMap('antrea-config', { 'antrea-agent.conf': 'trafficEncapMode: "noEncap"\ntunnelType: geneve\n' })],
    'cni.mode',
    '"native" <- observed ConfigMap/antrea-config /data/antrea-agent.conf',
  ],
  [
    'OVN-Kubernetes’ subnets',
    [daemonSet('ovnkube-node'), configMap('ovn-config', { net_cidr: '10.128.0.0/14/23', svc_cidr: '172.30.0.0/16' }, 'ovn-kubernetes')],
    'nodeCIDRMaskSizes.v4',
    '23 <- observed ConfigMap/ovn-config /data/net_cidr',
  ],
  [
    'the AWS VPC CNI has no range of its own',
    [daemonSet('aws-node', AWS)],
    'podCIDRs',
    '[] <- derived DaemonSet/aws-node /spec/template/spec/containers/0/image',
  ],
  [
    '… and enforces by its policy agent, when that is on',
    [
      daemonSet('aws-node', AWS, { name: 'aws-eks-nodeagent', image: 'x' }),
      configMap('amazon-vpc-cni', { 'enable-network-policy-controller': 'true' }),
    ],
    'policy.enforcement',
    '"on" <- derived ConfigMap/amazon-vpc-cni /data/enable-network-policy-controller',
  ],
  ['no plugin: enforcement is an assumption', [node('a', '10.244.0.0/24')], 'policy.enforcement', '"on" <- assumed'],
];

/** kubernetes `cmd/kube-apiserver`, `cmd/kube-controller-manager`, kubeadm and kubelet configuration APIs; `networking/v1` ServiceCIDR. */
const CLUSTER: readonly Row[] = [
  [
    'kube-controller-manager’s flags',
    [staticPod('kube-controller-manager', 'kube-controller-manager', '--cluster-cidr=10.9.0.0/16', '--node-cidr-mask-size=25')],
    'nodeCIDRMaskSizes.v4',
    '25 <- observed Pod/kube-controller-manager-cp /spec/containers/0',
  ],
  [
    '… by family',
    [
      staticPod(
        'kube-controller-manager',
        'kube-controller-manager',
        '--cluster-cidr=10.9.0.0/16,fd09::/56',
        '--node-cidr-mask-size-ipv6',
        '72',
      ),
    ],
    'nodeCIDRMaskSizes.v6',
    '72 <- observed Pod/kube-controller-manager-cp /spec/containers/0',
  ],
  [
    'kube-apiserver’s service range',
    [staticPod('kube-apiserver', 'kube-apiserver', '--service-cluster-ip-range=10.50.0.0/16,fd50::/112')],
    'serviceCIDRs',
    '["10.50.0.0/16","fd50::/112"] <- observed Pod/kube-apiserver-cp /spec/containers/0',
  ],
  [
    '… whose families are the cluster’s',
    [staticPod('kube-apiserver', 'kube-apiserver', '--service-cluster-ip-range=fd50::/112,10.50.0.0/16')],
    'ipFamilies',
    '[6,4] <- assumed',
  ],
  [
    'kube-apiserver’s node ports',
    [staticPod('kube-apiserver', 'kube-apiserver', '--service-node-port-range=20000-22767')],
    'proxy.nodePortRange',
    '{"first":20000,"last":22767} <- observed Pod/kube-apiserver-cp /spec/containers/0',
  ],
  [
    'kubeadm’s networking',
    [kubeadm('networking:\n  podSubnet: 10.20.0.0/16\n  serviceSubnet: 10.21.0.0/16\n  dnsDomain: k8s.example')],
    'clusterDomain',
    '"k8s.example" <- observed ConfigMap/kubeadm-config /data/ClusterConfiguration',
  ],
  [
    'kubeadm’s extra flags',
    [kubeadm('controllerManager:\n  extraArgs:\n    node-cidr-mask-size: "22"\n')],
    'nodeCIDRMaskSizes.v4',
    '22 <- observed ConfigMap/kubeadm-config /data/ClusterConfiguration',
  ],
  [
    '… since v1beta4 a list',
    [kubeadm('apiServer:\n  extraArgs:\n  - name: service-node-port-range\n    value: 1000-2000\n')],
    'proxy.nodePortRange',
    '{"first":1000,"last":2000} <- observed ConfigMap/kubeadm-config /data/ClusterConfiguration',
  ],
  [
    'a flag of the process comes before kubeadm’s copy',
    [
      kubeadm('networking:\n  podSubnet: 10.20.0.0/16'),
      staticPod('kube-controller-manager', 'kube-controller-manager', '--cluster-cidr=10.9.0.0/16'),
    ],
    'podCIDRs',
    '["10.9.0.0/16"] <- observed Pod/kube-controller-manager-cp /spec/containers/0',
  ],
  [
    'the plugin comes before both',
    [kubeadm('networking:\n  podSubnet: 10.20.0.0/16'), calico({ cidr: '10.7.0.0/16' })],
    'podCIDRs',
    '["10.7.0.0/16"] <- observed IPPool/default /spec/cidr',
  ],
  [
    'ServiceCIDRs come before flags, `kubernetes` first',
    [
      staticPod('kube-apiserver', 'kube-apiserver', '--service-cluster-ip-range=10.50.0.0/16'),
      ...['extra 10.60.0.0/24', 'kubernetes 10.50.0.0/16'].map((text) =>
        JSON.stringify({
          apiVersion: 'networking.k8s.io/v1',
          kind: 'ServiceCIDR',
          metadata: { name: text.split(' ')[0] },
          spec: { cidrs: [text.split(' ')[1]] },
        }),
      ),
    ],
    'serviceCIDRs',
    '["10.50.0.0/16","10.60.0.0/24"] <- observed ServiceCIDR/kubernetes /spec/cidrs',
  ],
  [
    'the size of the nodes’ ranges comes before the flag',
    [node('a', '10.9.0.0/26'), staticPod('kube-controller-manager', 'kube-controller-manager', '--node-cidr-mask-size=25')],
    'nodeCIDRMaskSizes.v4',
    '26 <- derived Node/a /spec/podCIDRs',
  ],
  ['… but not when they differ', [node('a', '10.9.0.0/26'), node('b', '10.9.1.0/24')], 'nodeCIDRMaskSizes.v4', '24 <- defaulted'],
  [
    'the kubelets’ domain comes before kubeadm’s',
    [
      configMap('kubelet-config', { kubelet: 'clusterDomain: pods.example\nclusterDNS: [169.254.20.10]' }),
      kubeadm('networking: {dnsDomain: k8s.example}'),
    ],
    'clusterDomain',
    '"pods.example" <- observed ConfigMap/kubelet-config /data/kubelet',
  ],
  [
    'the kubelets’ name server comes before the service',
    [configMap('kubelet-config', { kubelet: 'clusterDNS:\n- 169.254.20.10' }), service('kube-system', 'kube-dns', '10.96.0.10')],
    'dns.clusterDNS',
    '["169.254.20.10"] <- observed ConfigMap/kubelet-config /data/kubelet',
  ],
  ['ranges around the nodes’', [node('a', '10.44.0.0/24'), node('b', '10.44.9.0/24')], 'podCIDRs', '["10.44.0.0/16"] <- assumed Node/a'],
  [
    '… a shorter prefix when they lie in neighbours',
    [node('a', '10.44.0.0/24'), node('b', '10.45.9.0/24')],
    'podCIDRs',
    '["10.44.0.0/15"] <- assumed Node/a',
  ],
  [
    'a service range around what services have',
    [service('default', 'kubernetes', '172.20.0.1')],
    'serviceCIDRs',
    '["172.20.0.0/16"] <- assumed Service/kubernetes /spec/clusterIPs',
  ],
  ['… kubeadm’s, when they lie in it', [service('default', 'kubernetes', '10.96.0.1')], 'serviceCIDRs', '["10.96.0.0/12"] <- assumed'],
];

/** coredns `plugin/kubernetes/README.md`; services reference 3. */
const DNS: readonly Row[] = [
  [
    'the zones of the kubernetes line',
    [corefile('.:53 {\n kubernetes k8s.example 10.96.0.0/12 {\n  pods verified\n }\n}')],
    'dns.zones',
    `${JSON.stringify(['k8s.example.', ...Array.from({ length: 16 }, (_, index) => `${96 + index}.10.in-addr.arpa.`)])} <- observed ConfigMap/coredns /data/Corefile`,
  ],
  [
    '… else of its block',
    [corefile('k8s.example:53 {\n kubernetes\n}')],
    'dns.zones',
    '["k8s.example."] <- observed ConfigMap/coredns /data/Corefile',
  ],
  [
    'the domain of a Corefile',
    [corefile('.:53 {\n kubernetes k8s.example\n}')],
    'clusterDomain',
    '"k8s.example" <- observed ConfigMap/coredns /data/Corefile',
  ],
  [
    'pods verified',
    [corefile('. {\n kubernetes cluster.local {\n pods verified\n }\n}')],
    'dns.pods',
    '"verified" <- observed ConfigMap/coredns /data/Corefile',
  ],
  [
    'pods is off without the option',
    [corefile('. {\n kubernetes cluster.local\n}')],
    'dns.pods',
    '"disabled" <- defaulted ConfigMap/coredns /data/Corefile',
  ],
  [
    'ttl is 5 without the option',
    [corefile('. {\n kubernetes cluster.local\n}')],
    'dns.ttl',
    '5 <- defaulted ConfigMap/coredns /data/Corefile',
  ],
  ['fallthrough is off without the option', [corefile('. {\n kubernetes cluster.local\n}')], 'dns.fallthrough', 'undefined <- undefined'],
  [
    'fallthrough for every zone',
    [corefile('. {\n kubernetes cluster.local {\n fallthrough\n }\n}')],
    'dns.fallthrough',
    '[] <- observed ConfigMap/coredns /data/Corefile',
  ],
  [
    'namespaces',
    [corefile('. {\n kubernetes cluster.local {\n namespaces a b\n }\n}')],
    'dns.namespaces',
    '["a","b"] <- observed ConfigMap/coredns /data/Corefile',
  ],
  [
    'endpoint_pod_names',
    [corefile('. {\n kubernetes cluster.local {\n endpoint_pod_names\n }\n}')],
    'dns.endpointPodNames',
    'true <- observed ConfigMap/coredns /data/Corefile',
  ],
  [
    'ignore empty_service',
    [corefile('. {\n kubernetes cluster.local {\n ignore empty_service\n }\n}')],
    'dns.ignoreEmptyService',
    'true <- observed ConfigMap/coredns /data/Corefile',
  ],
  [
    'NodeLocal’s Corefile is not the cluster’s',
    [configMap('node-local-dns', { Corefile: 'cluster.local:53 {\n forward . 10.96.0.10\n}' })],
    'dns.corefile',
    'undefined <- undefined',
  ],
];

describe.each([
  ['of the plugin', PLUGINS],
  ['of the cluster', CLUSTER],
  ['of DNS', DNS],
])('profile %s', (_, rows) => {
  it.each(rows)('%s', async (_what, objects, field, expected) => {
    expect(await fieldOf(objects.join('\n'), field)).toBe(expected);
    expect(await fieldOf(objects.toReversed().join('\n'), field)).toBe(expected);
  });
});

describe('settings', () => {
  it('come before everything', async () => {
    const objects = calico({ cidr: '10.7.0.0/16' });
    expect(await fieldOf(objects, 'podCIDRs', { podCIDRs: ['10.1.0.0/16'] })).toBe('["10.1.0.0/16"] <- set');
  });

  it('of the plugin decide whose configuration counts', async () => {
    const objects = [calico({ cidr: '10.7.0.0/16', ipipMode: 'Always' }), flannel({ Network: '10.5.0.0/16' })].join('\n');
    expect(await fieldOf(objects, 'podCIDRs', { cni: { plugin: 'flannel' } })).toContain('10.5.0.0/16');
  });
});
