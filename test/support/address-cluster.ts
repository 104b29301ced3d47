import type { NetworkModel } from '../../src/core/model/network-model.js';
import type { KubernetesObject } from '../../src/core/resources/kubernetes-object.js';
import type { ProfileSettings } from '../../src/core/model/profile-settings.js';
import { modelOf } from './model.js';

const SETTINGS: ProfileSettings = { podCIDRs: ['10.244.0.0/16'], serviceCIDRs: ['10.96.0.0/24'], clusterDomain: 'cluster.local' };

/**
 * A cluster in the notation of the tables, one object a line, in namespace `t`:
 *
 * ```
 * node a 192.168.0.1 10.244.1.0/24      address, podCIDR
 * pod web a 10.244.1.5                  node, address; `host`: on the node's network; `done`: phase Succeeded
 * service dns 10.96.0.10 lb=203.0.113.5 external=192.0.2.9 nodePort=30080
 * ```
 */
export function addressCluster(text: string, settings: ProfileSettings = {}): NetworkModel {
  const lines = text.split('\n').map((line) => line.trim());
  return modelOf(lines.filter((line) => line !== '').map(objectOf), { ...SETTINGS, ...settings });
}

function objectOf(line: string): KubernetesObject {
  const [kind = '', name = '', ...words] = line.split(/\s+/);
  if (kind === 'node') return node(name, words);
  if (kind === 'pod') return pod(name, words);
  if (kind === 'service') return service(name, words);
  throw new Error(`not an object of the notation: ${line}`);
}

function node(name: string, [address = '', podCIDR]: readonly string[]): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name },
    spec: podCIDR === undefined ? {} : { podCIDR, podCIDRs: [podCIDR] },
    status: { addresses: [{ type: 'InternalIP', address }] },
  };
}

function pod(name: string, [nodeName = '', podIP = '', ...rest]: readonly string[]): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 't', uid: name },
    spec: { nodeName, containers: [{ name: 'c', image: 'c' }], ...(rest.includes('host') ? { hostNetwork: true } : {}) },
    status: { phase: rest.includes('done') ? 'Succeeded' : 'Running', podIP, podIPs: [{ ip: podIP }] },
  };
}

function service(name: string, [clusterIP = '', ...words]: readonly string[]): KubernetesObject {
  const values = Object.fromEntries(words.map((word) => word.split('=')));
  const type = values['lb'] ? 'LoadBalancer' : values['nodePort'] ? 'NodePort' : 'ClusterIP';
  const nodePort = values['nodePort'] ? { nodePort: Number(values['nodePort']) } : {};
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 't' },
    spec: {
      type,
      clusterIP,
      clusterIPs: [clusterIP],
      ports: [{ port: 80, ...nodePort }],
      ...(values['external'] ? { externalIPs: [values['external']] } : {}),
    },
    status: values['lb'] ? { loadBalancer: { ingress: [{ ip: values['lb'] }] } } : {},
  };
}
