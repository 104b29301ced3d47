import { z } from 'zod';
import { formatCidr } from '../../core/net/cidr.js';
import { formatSelector } from '../../core/resources/label-selector.js';
import type { PolicyPeer, PolicyPort, PolicyRule } from '../../core/resources/network-policy.js';
import { defineCollection } from './collection.js';
import { LABELS } from './view-schemas.js';

const RULE = z.object({
  pointer: z.string(),
  peers: z.array(z.string()).describe('empty: every peer'),
  ports: z.array(z.string()).describe('empty: every port'),
});

const VIEW = z
  .object({
    namespace: z.string(),
    name: z.string(),
    labels: LABELS,
    podSelector: z.string().describe('as kubectl writes it; `<all>`: every pod of the namespace'),
    pods: z.int().describe('how many pods it selects'),
    ingressIsolation: z.boolean().describe('whether it isolates its pods for ingress'),
    egressIsolation: z.boolean(),
    ingress: z.array(RULE),
    egress: z.array(RULE),
  })
  .meta({ id: 'ModelNetworkPolicy' });

/** The network policies of a model. */
export const NETWORK_POLICIES = defineCollection({
  noun: 'network-policies',
  singular: 'network policy',
  about: 'Network policies, defaulted as the API server does, with the number of pods that each selects.',
  scope: 'namespace',
  unknown: 'unknown-object',
  view: VIEW,
  fields: [],
  example: { cluster: 'harbor', namespace: 'shop', name: 'default-deny' },
  items: (model) => model.networkPolicies,
  row: ({ ref, namespace, labels }) => ({ kind: '', namespace, name: ref.name, labels }),
  field: () => '',
  show: (policy, model) => ({
    namespace: policy.namespace,
    name: policy.ref.name,
    labels: policy.labels,
    podSelector: formatSelector(policy.podSelector),
    pods: model.selectPods(policy.namespace, policy.podSelector).length,
    ingressIsolation: policy.ingressIsolation,
    egressIsolation: policy.egressIsolation,
    ingress: policy.ingress.map(ruleView),
    egress: policy.egress.map(ruleView),
  }),
});

function ruleView({ pointer, peers, ports }: PolicyRule): z.output<typeof RULE> {
  return { pointer, peers: peers.map(peerText), ports: ports.map(portText) };
}

/** `pods app=web in namespaces team=shop`. */
function peerText(peer: PolicyPeer): string {
  if (peer.type === 'invalid') return `nobody: ${peer.why}`;
  if (peer.type === 'ipBlock') {
    const except = peer.except.length === 0 ? '' : ` except ${peer.except.map(formatCidr).join(', ')}`;
    return `${formatCidr(peer.cidr)}${except}`;
  }
  const pods = peer.podSelector ? `pods ${formatSelector(peer.podSelector)}` : 'pods <all>';
  return peer.namespaceSelector ? `${pods} in namespaces ${formatSelector(peer.namespaceSelector)}` : pods;
}

/** `TCP 80`, `UDP 5000-6000`, `TCP http`, `SCTP *`. */
function portText(port: PolicyPort): string {
  if (port.type === 'invalid') return `none: ${port.why}`;
  return `${port.protocol} ${port.port ?? '*'}${port.endPort === undefined ? '' : `-${port.endPort}`}`;
}
