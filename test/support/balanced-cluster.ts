import { finished } from '../../src/core/kernel/steps.js';
import type { ProfileSettings } from '../../src/core/model/profile-settings.js';
import type { KubernetesObject } from '../../src/core/resources/kubernetes-object.js';
import { serveLoadBalancer } from '../../src/core/ipam/serve-load-balancer.js';
import { modelOf } from './model.js';

/** What is said of a service of type LoadBalancer. */
export interface Balanced {
  readonly labels?: object;
  readonly annotations?: object;
  readonly namespace?: string;
  /** Addresses of the status. */
  readonly has?: readonly string[];
  readonly spec?: object;
}

/** A CiliumLoadBalancerIPPool of prefixes. */
export const ciliumPool = (name: string, cidrs: readonly string[], spec: object = {}, metadata: object = {}): KubernetesObject => ({
  apiVersion: 'cilium.io/v2',
  kind: 'CiliumLoadBalancerIPPool',
  metadata: { name, ...metadata },
  spec: { blocks: cidrs.map((cidr) => ({ cidr })), ...spec },
});
/** An IPAddressPool of MetalLB. */
export const metalLbPool = (name: string, addresses: readonly string[], spec: object = {}): KubernetesObject => ({
  apiVersion: 'metallb.io/v1beta1',
  kind: 'IPAddressPool',
  metadata: { name, namespace: 'metallb-system' },
  spec: { addresses, ...spec },
});
/** A service of type LoadBalancer. */
export const balanced = (
  name: string,
  { labels, annotations, namespace = 'default', has = [], spec = {} }: Balanced = {},
): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace, labels, annotations } as KubernetesObject['metadata'],
  spec: { type: 'LoadBalancer', ports: [{ port: 80 }], ...spec },
  status: { loadBalancer: { ingress: has.map((ip) => ({ ip })) } },
});

const DUAL = { ipFamilies: ['IPv4', 'IPv6'] } as const;

/** Every service, in the order of the model: `a: ASSIGNED 10.0.10.1`, `b: PENDING POOL_EXHAUSTED`. */
export function served(objects: readonly KubernetesObject[], settings: ProfileSettings = DUAL): readonly string[] {
  const model = modelOf(objects, settings);
  return [...model.services.values()].map((one) => {
    const { verdict, result } = finished(serveLoadBalancer(model, one));
    const given = [...result.addresses.map(({ ip }) => ip), ...(result.reason === null ? [] : [result.reason])];
    return [`${one.name}:`, verdict, ...given].join(' ');
  });
}

/** The answer for one service. */
export function servedTo(name: string, objects: readonly KubernetesObject[], settings: ProfileSettings = {}) {
  const model = modelOf(objects, { ...DUAL, ...settings });
  const found = [...model.services.values()].find((one) => one.name === name);
  if (!found) throw new Error(name);
  return finished(serveLoadBalancer(model, found));
}
