import type { PolicyTier } from '../../resources/cluster-policy.js';
import { actingClusterPolicy } from './acting-cluster-policy.js';
import { actingNetworkPolicy } from './acting-network-policy.js';
import { ciliumLayer } from './acting-cilium-policy.js';
import { calicoLayers } from './calico-layers.js';
import type { Direction } from './direction.js';
import type { LayerAt, SubjectEndpoint } from './layer.js';
import type { PolicyBook } from './policy-book.js';

/**
 * The layers at an endpoint in one direction, in the order in which they decide; those that nothing selects the endpoint for are left out. Evidence and listings
 * both start here. "Admin → NetworkPolicy → Baseline → allow" (network-policy-api `apis/v1alpha2`, Tier).
 */
export function layersAt(book: PolicyBook, direction: Direction, subject: SubjectEndpoint): readonly LayerAt[] {
  const known = book.memory?.of(subject);
  return known ? (known.layers[direction] ??= findLayers(book, direction, subject)) : findLayers(book, direction, subject);
}

const NO_LAYERS: readonly LayerAt[] = [];

function findLayers(book: PolicyBook, direction: Direction, subject: SubjectEndpoint): readonly LayerAt[] {
  if (book.calico) return calicoLayers(book, book.calico, direction, subject);
  if (subject.kind !== 'pod') return book.cilium ? ciliumLayer(book, book.cilium, direction, subject) : NO_LAYERS;
  const admin = tierLayer(book, 'Admin', direction, subject);
  const own = book.cilium ? ciliumLayer(book, book.cilium, direction, subject) : networkPolicyLayer(book, direction, subject);
  const baseline = tierLayer(book, 'Baseline', direction, subject);
  return admin.length + baseline.length === 0 ? own : [...admin, ...own, ...baseline];
}

/** "If any NetworkPolicy selects the pod in a direction, exactly the union of what their rules admit is allowed" – and that is final. */
function networkPolicyLayer(book: PolicyBook, direction: Direction, subject: SubjectEndpoint): readonly LayerAt[] {
  const selecting = book.selecting('NetworkPolicy', subject);
  if (selecting.length === 0) return NO_LAYERS;
  const policies = selecting.map((policy) => actingNetworkPolicy(book.settings, policy, direction));
  const end = policies.some(({ isolates }) => isolates) ? 'Deny' : 'open';
  return [{ layer: 'NetworkPolicy', policies, rules: policies.flatMap(({ rules }) => rules), end }];
}

/** "A policy without ingress rules does not affect ingress", likewise egress. */
function tierLayer(book: PolicyBook, tier: PolicyTier, direction: Direction, subject: SubjectEndpoint): readonly LayerAt[] {
  const selecting = book.selecting(tier, subject).filter((policy) => policy[direction].length > 0);
  if (selecting.length === 0) return NO_LAYERS;
  const policies = selecting.map((policy) => actingClusterPolicy(book.settings, policy, direction));
  return [{ layer: tier, policies, rules: policies.flatMap(({ rules }) => rules), end: 'open' }];
}
