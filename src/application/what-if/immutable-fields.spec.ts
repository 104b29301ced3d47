import { describe, expect, it } from 'vitest';
import { askOver } from '../../../test/support/ask-over.js';
import type { KubernetesObject } from '../../core/resources/kubernetes-object.js';
import { ipOwnerQuestion } from '../ipam/ip-owner.js';

const object = (apiVersion: string, kind: string, more: object, namespace?: string): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name: 'web', ...(namespace === undefined ? {} : { namespace }) },
  ...more,
});

const service = (spec: object) => object('v1', 'Service', { spec: { ports: [{ port: 80 }], ...spec } }, 'shop');
const selecting = (kind: string, selector: object, more: object = {}) =>
  object('apps/v1', kind, { spec: { selector, template: { metadata: { labels: { app: 'web', tier: 'a' } }, spec: {} }, ...more } }, 'shop');
const APP = { matchLabels: { app: 'web' } };
const pod = (spec: object) =>
  object('v1', 'Pod', { spec: { containers: [{ name: 'c', ports: [{ containerPort: 80 }] }], ...spec } }, 'shop');
const ipAddress = (parentRef: object) => ({
  ...object('networking.k8s.io/v1', 'IPAddress', { spec: { parentRef } }),
  metadata: { name: '10.96.0.9' },
});
const balanced = (spec: object) => service({ type: 'LoadBalancer', externalTrafficPolicy: 'Local', ...spec });
const node = (spec: object) => object('v1', 'Node', { spec });
const ONE = { clusterIP: '10.96.0.1', clusterIPs: ['10.96.0.1'], ipFamilies: ['IPv4'] };
const TWO = {
  clusterIP: '10.96.0.1',
  clusterIPs: ['10.96.0.1', 'fd00::1'],
  ipFamilies: ['IPv4', 'IPv6'],
  ipFamilyPolicy: 'PreferDualStack',
};

const ALIAS = { ip: '192.0.2.1', hostnames: ['db'] };
const OTHER = { ip: '192.0.2.2', hostnames: ['cache'] };

const job = (spec: object, template: object = {}, labels: object = {}) =>
  object(
    'batch/v1',
    'Job',
    { spec: { ...spec, template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'a' }], ...template } } } },
    'shop',
  );
const claim = (storage: string, spec: object = {}) => ({
  metadata: { name: 'data' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } }, ...spec },
});
const claiming = (...claims: readonly object[]) => selecting('StatefulSet', APP, { volumeClaimTemplates: claims });
const pool = (spec: object, apiVersion = 'projectcalico.org/v3') =>
  object(apiVersion, 'IPPool', { spec: { cidr: '10.0.0.0/16', ...spec } });

async function applied(before: KubernetesObject, now: KubernetesObject, more: object = {}) {
  const answer = await askOver([before])(ipOwnerQuestion, { ip: '10.0.0.1', apply: JSON.stringify(now), ...more });
  return answer.ok ? 'taken' : answer.error;
}

/** One row for each rule, named after the function of Kubernetes that has it. */
const REFUSED: readonly (readonly [rule: string, pointer: string, before: KubernetesObject, now: KubernetesObject])[] = [
  ['validateUpgradeDowngradeClusterIPs', '/spec/clusterIPs/0', service(ONE), service({ clusterIP: '10.96.0.9' })],
  ['validateUpgradeDowngradeClusterIPs', '/spec/clusterIPs/0', service(ONE), service({ clusterIP: 'None' })],
  ['validateUpgradeDowngradeClusterIPs', '/spec/clusterIPs/1', service(TWO), service({ ...TWO, clusterIPs: ['10.96.0.1', 'fd00::2'] })],
  ['validateUpgradeDowngradeIPFamilies', '/spec/ipFamilies/0', service(ONE), service({ ipFamilies: ['IPv6'] })],
  [
    'deploymentStrategy.ValidateUpdate',
    '/spec/selector',
    selecting('Deployment', APP),
    selecting('Deployment', { matchLabels: { tier: 'a' } }),
  ],
  ['rsStrategy.ValidateUpdate', '/spec/selector', selecting('ReplicaSet', APP), selecting('ReplicaSet', { matchLabels: { tier: 'a' } })],
  [
    'daemonSetStrategy.ValidateUpdate',
    '/spec/selector',
    selecting('DaemonSet', APP),
    selecting('DaemonSet', { matchLabels: { tier: 'a' } }),
  ],
  [
    'ValidateStatefulSetUpdate',
    '/spec/serviceName',
    selecting('StatefulSet', APP, { serviceName: 'a' }),
    selecting('StatefulSet', APP, { serviceName: 'b' }),
  ],
  [
    'validateIngressClassSpecUpdate',
    '/spec/controller',
    object('networking.k8s.io/v1', 'IngressClass', { spec: { controller: 'k8s.io/ingress-nginx' } }),
    object('networking.k8s.io/v1', 'IngressClass', { spec: { controller: 'traefik.io/ingress-controller' } }),
  ],
  [
    'GatewayClassSpec.controllerName, self == oldSelf',
    '/spec/controllerName',
    object('gateway.networking.k8s.io/v1', 'GatewayClass', { spec: { controllerName: 'a.io/a' } }),
    object('gateway.networking.k8s.io/v1', 'GatewayClass', { spec: { controllerName: 'a.io/b' } }),
  ],
  [
    'ValidateNodeUpdate',
    '/spec/podCIDR',
    object('v1', 'Node', { spec: { podCIDR: '10.244.0.0/24' } }),
    object('v1', 'Node', { spec: { podCIDR: '10.244.1.0/24' } }),
  ],
  [
    'ValidatePodUpdate',
    '/spec/nodeName',
    object('v1', 'Pod', { spec: { nodeName: 'a', containers: [] } }, 'shop'),
    object('v1', 'Pod', { spec: { nodeName: 'b', containers: [] } }, 'shop'),
  ],
  ['ValidateNodeUpdate', '/spec/podCIDRs', node({ podCIDR: '10.244.0.0/24' }), node({ podCIDRs: ['10.244.0.0/24', 'fd00::/64'] })],
  ['ValidateNodeUpdate', '/spec/providerID', node({ providerID: 'kind://a' }), node({ providerID: 'kind://b' })],
  ['ValidatePodUpdate', '/spec/hostNetwork', pod({}), pod({ hostNetwork: true })],
  ['ValidatePodUpdate', '/spec/subdomain', pod({}), pod({ subdomain: 'peers' })],
  ['ValidatePodUpdate', '/spec/dnsPolicy', pod({ dnsPolicy: 'Default' }), pod({ dnsPolicy: 'None' })],
  ['ValidatePodUpdate', '/spec/dnsConfig', pod({}), pod({ dnsConfig: { nameservers: ['192.0.2.1'] } })],
  ['validateContainerUpdates', '/spec/containers', pod({}), pod({ containers: [{ name: 'c' }, { name: 'd' }] })],
  ['ValidatePodUpdate', '/spec/containers/0/ports', pod({}), pod({ containers: [{ name: 'c', ports: [{ containerPort: 81 }] }] })],
  ['validateUpgradeDowngradeClusterIPs', '/spec/clusterIPs/0', service({}), service({ clusterIP: 'None' })],
  ['validateUpgradeDowngradeClusterIPs', '/spec/ipFamilyPolicy', service(TWO), service({ clusterIPs: ['10.96.0.1'] })],
  ['validateUpgradeDowngradeIPFamilies', '/spec/ipFamilyPolicy', service(TWO), service({ ipFamilies: ['IPv4'] })],
  ['validateLoadBalancerClassField', '/spec/loadBalancerClass', balanced({}), balanced({ loadBalancerClass: 'a.io/a' })],
  [
    'validateLoadBalancerClassField',
    '/spec/loadBalancerClass',
    balanced({ loadBalancerClass: 'a.io/a' }),
    balanced({ loadBalancerClass: 'a.io/b' }),
  ],
  [
    'updateHealthCheckNodePort',
    '/spec/healthCheckNodePort',
    balanced({ healthCheckNodePort: 31000 }),
    balanced({ healthCheckNodePort: 32000 }),
  ],
  [
    'ValidateStatefulSetUpdate',
    '/spec/podManagementPolicy',
    selecting('StatefulSet', APP, { serviceName: 'a' }),
    selecting('StatefulSet', APP, { serviceName: 'a', podManagementPolicy: 'Parallel' }),
  ],
  ['ValidateStatefulSetUpdate', '/spec/serviceName', selecting('StatefulSet', APP), selecting('StatefulSet', APP, { serviceName: 'b' })],
  [
    'ValidateSecretUpdate',
    '/type',
    object('v1', 'Secret', { data: {} }, 'shop'),
    object('v1', 'Secret', { data: {}, type: 'example.com/key' }, 'shop'),
  ],
  [
    'ValidateIPAddressUpdate',
    '/spec/parentRef',
    ipAddress({ resource: 'services', namespace: 'shop', name: 'a' }),
    ipAddress({ resource: 'services', namespace: 'shop', name: 'b' }),
  ],
  [
    'ValidateEndpointSliceUpdate',
    '/addressType',
    object('discovery.k8s.io/v1', 'EndpointSlice', { addressType: 'IPv4', endpoints: [] }, 'shop'),
    object('discovery.k8s.io/v1', 'EndpointSlice', { addressType: 'IPv6', endpoints: [] }, 'shop'),
  ],
  [
    'ValidateConfigMapUpdate',
    '/data',
    object('v1', 'ConfigMap', { immutable: true, data: { a: '1' } }, 'shop'),
    object('v1', 'ConfigMap', { immutable: true, data: { a: '2' } }, 'shop'),
  ],
  [
    'ValidateServiceCIDRUpdate',
    '/spec/cidrs',
    object('networking.k8s.io/v1', 'ServiceCIDR', { spec: { cidrs: ['10.96.0.0/16'] } }),
    object('networking.k8s.io/v1', 'ServiceCIDR', { spec: { cidrs: ['10.97.0.0/16'] } }),
  ],
  ['ValidatePodUpdate', '/spec/hostAliases/0', pod({}), pod({ hostAliases: [{ ip: '192.0.2.1', hostnames: ['db'] }] })],
  ['ValidatePodUpdate', '/spec/serviceAccountName', pod({}), pod({ serviceAccountName: 'web' })],
  ['ValidateJobSpecUpdate', '/spec/completions', job({}), job({ completions: 2 })],
  ['ValidateJobSpecUpdate', '/spec/completionMode', job({}), job({ completionMode: 'Indexed' })],
  ['ValidateJobSpecUpdate', '/spec/managedBy', job({}), job({ managedBy: 'a.io/a' })],
  [
    'validateCompletions',
    '/spec/completions',
    job({ completionMode: 'Indexed', completions: 3, parallelism: 3 }),
    job({ completionMode: 'Indexed', completions: 5, parallelism: 3 }),
  ],
  ['validatePodTemplateUpdate', '/spec/template/spec/hostNetwork', job({}), job({}, { hostNetwork: true })],
  ['validatePodTemplateUpdate', '/spec/template/spec/containers/0/image', job({}), job({}, { containers: [{ name: 'c', image: 'b' }] })],
  ['validatePodTemplateUpdate', '/spec/template/metadata/labels/a.io~1b', job({}), job({}, {}, { 'a.io/b': 'c' })],
  [
    'validatePodTemplateUpdate',
    '/spec/template/spec/nodeSelector',
    { ...job({ suspend: true }), status: { startTime: '2026-01-01T00:00:00Z' } },
    job({ suspend: true }, { nodeSelector: { disk: 'ssd' } }),
  ],
  ['ValidateStatefulSetUpdate', '/spec/volumeClaimTemplates/0', claiming(claim('1Gi')), claiming(claim('2Gi'))],
  ['ValidateStatefulSetUpdate', '/spec/volumeClaimTemplates/0', claiming(claim('1Gi')), claiming(claim('1Gi', { volumeMode: 'Block' }))],
  ['ValidateStatefulSetUpdate', '/spec/volumeClaimTemplates', claiming(claim('1Gi')), claiming()],
  ['ippools.validateAndSetDefaults', '/spec/cidr', pool({}), pool({ cidr: '10.1.0.0/16' })],
  ['ippools.validateAndSetDefaults', '/spec/blockSize', pool({}), pool({ blockSize: 28 })],
  [
    'ippools.validateAndSetDefaults',
    '/spec/allowedUses',
    pool({ allowedUses: ['LoadBalancer'] }),
    pool({ allowedUses: ['Workload', 'Tunnel'] }),
  ],
];

const TAKEN: readonly (readonly [what: string, before: KubernetesObject, now: KubernetesObject])[] = [
  ['the prefix of a pool in canonical text (`cidrChangeOK`)', pool({ cidr: 'fd00:0:0::/64' }), pool({ cidr: 'fd00::/64' })],
  ['other uses of a pool of pods', pool({ allowedUses: ['Workload'] }), pool({ allowedUses: ['Workload', 'Tunnel'] })],
  ['a Service that says nothing of its addresses', service(TWO), service({ type: 'NodePort' })],
  ['a Service that gives its second family back', service(TWO), service({ ipFamilyPolicy: 'SingleStack' })],
  [
    'other families of a headless Service (`headless can change families`)',
    service({ clusterIP: 'None', ipFamilies: ['IPv4'] }),
    service({ clusterIP: 'None', ipFamilies: ['IPv6'] }),
  ],
  ['a load balancer that says nothing of its class', balanced({ loadBalancerClass: 'a.io/a' }), balanced({})],
  ['a Pod with another image', pod({}), pod({ containers: [{ name: 'c', image: 'b', ports: [{ containerPort: 80, protocol: 'TCP' }] }] })],
  ['what others added to a Pod', pod({ containers: [{ name: 'c' }, { name: 'proxy' }] }), pod({ containers: [{ name: 'c' }] })],
  ['a Node that gets its ranges', node({}), node({ podCIDR: '10.244.0.0/24' })],
  ['a Secret that says what its type is', object('v1', 'Secret', { data: {} }, 'shop'), object('v1', 'Secret', { type: 'Opaque' }, 'shop')],
  ['a Service that becomes an ExternalName', service(ONE), service({ type: 'ExternalName', externalName: 'a.b' })],
  ['a Service of a second family', service(ONE), service({ ...TWO, clusterIPs: ['10.96.0.1', 'fd00::1'] })],
  ['a selector with parts that say nothing', selecting('Deployment', { ...APP, matchExpressions: [] }), selecting('Deployment', APP)],
  [
    'a StatefulSet of more replicas',
    selecting('StatefulSet', APP, { serviceName: 'a' }),
    selecting('StatefulSet', APP, { serviceName: 'a', replicas: 3 }),
  ],
  [
    'a second range of services',
    object('networking.k8s.io/v1', 'ServiceCIDR', { spec: { cidrs: ['10.96.0.0/16'] } }),
    object('networking.k8s.io/v1', 'ServiceCIDR', { spec: { cidrs: ['10.96.0.0/16', 'fd00::/112'] } }),
  ],
  ['aliases that a Pod has', pod({ hostAliases: [ALIAS, OTHER] }), pod({ hostAliases: [OTHER] })],
  ['nodes of a Pod that waits for its gates', pod({ schedulingGates: [{ name: 'a.io/a' }] }), pod({ nodeSelector: { disk: 'ssd' } })],
  [
    'a Job as a cluster completed it',
    job({ completionMode: 'NonIndexed', completions: 1 }, { dnsPolicy: 'ClusterFirst' }, { 'job-name': 'web' }),
    job({ backoffLimit: 1 }),
  ],
  [
    'an indexed Job of more completions and as much more parallelism',
    job({ completionMode: 'Indexed', completions: 3, parallelism: 3 }),
    job({ completionMode: 'Indexed', completions: 5, parallelism: 5 }),
  ],
  ['other nodes of a Job that never started', job({ suspend: true }), job({}, { nodeSelector: { disk: 'ssd' } }, { team: 'a' })],
  ['volume claims that are written otherwise', claiming(claim('1Gi', { volumeMode: 'Filesystem' })), claiming(claim('1024Mi'))],
  ['a StatefulSet that says nothing of its volume claims', claiming(claim('1Gi')), selecting('StatefulSet', APP)],
  ['a pool that names the usual size of its blocks', pool({}), pool({ blockSize: 26 })],
  ['a pool of IPv6 that does', pool({ cidr: 'fd00::/64' }), pool({ cidr: 'fd00::/64', blockSize: 122 })],
  [
    'an object of the CRD of Calico, which no server of Calico sees',
    pool({ blockSize: 26 }, 'crd.projectcalico.org/v1'),
    pool({ blockSize: 28 }, 'crd.projectcalico.org/v1'),
  ],
  [
    'an object whose kind every object of JavaScript has',
    object('v1', 'constructor', { spec: { a: 1 } }),
    object('v1', 'constructor', { spec: { a: 2 } }),
  ],
];

describe('an update that the API server would refuse', () => {
  it.each(REFUSED)('is refused: %s, %s', async (_, pointer, before, now) => {
    expect(await applied(before, now)).toMatchObject({
      kind: 'invalid-request',
      errors: [{ pointer: '/apply', message: expect.stringContaining(`\`${pointer}\``) }],
    });
  });

  it('is taken where the object is supposed to be gone before, which the problem says', async () => {
    const [, , before, now] = REFUSED[0]!;
    expect(await applied(before, now)).toMatchObject({ hint: expect.stringContaining('delete=Service shop/web') });
    expect(await applied(before, now, { delete: ['Service shop/web'] })).toBe('taken');
  });

  it.each(TAKEN)('is none: %s', async (_, before, now) => {
    expect(await applied(before, now)).toBe('taken');
  });
});
