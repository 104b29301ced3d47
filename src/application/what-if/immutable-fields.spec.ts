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
const ONE = { clusterIP: '10.96.0.1', clusterIPs: ['10.96.0.1'], ipFamilies: ['IPv4'] };
const TWO = {
  clusterIP: '10.96.0.1',
  clusterIPs: ['10.96.0.1', 'fd00::1'],
  ipFamilies: ['IPv4', 'IPv6'],
  ipFamilyPolicy: 'PreferDualStack',
};

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
];

const TAKEN: readonly (readonly [what: string, before: KubernetesObject, now: KubernetesObject])[] = [
  ['a Service that says nothing of its addresses', service(TWO), service({ type: 'NodePort' })],
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
      errors: [{ pointer: '/apply', code: 'immutable', message: expect.stringContaining(`\`${pointer}\``) }],
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
