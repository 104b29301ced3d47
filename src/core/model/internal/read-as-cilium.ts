import { type EntitySelectors, readEntitySelectors } from '../../resources/cilium-entity-selectors.js';
import {
  CILIUM_CLUSTER_LABEL,
  type CiliumPeer,
  type CiliumPolicy,
  type CiliumRefusal,
  type CiliumRule,
  type CiliumSection,
  type CiliumSelector,
} from '../../resources/cilium-policy.js';
import type { CiliumProfile } from '../network-profile.js';

interface Reading extends Pick<CiliumProfile, 'layer7' | 'icmpRules'> {
  readonly entities: EntitySelectors;
  /** To which selectors of peers are bound that name no cluster; undefined: to none. */
  readonly localCluster: string | undefined;
  readonly nonDefaultDeny: boolean;
}

/**
 * Policies of Cilium as its agent reads them by its switches: `policy-entity-selectors` adds selectors to entities, `policy-default-local-cluster` binds the
 * selectors of peers to the own cluster (cilium/cilium `pkg/policy/utils/helpers.go`, `addClusterFilterByDefault`), and without
 * `enable-non-default-deny-policies` every direction with rules is in default-deny (`evaluateDefaultDenyForRule`). What the agent refuses because a switch is off
 * fails closed. The same list where none of them is set.
 */
export function readAsCilium(policies: readonly CiliumPolicy[], profile: CiliumProfile): readonly CiliumPolicy[] {
  const { entitySelectors, localCluster, clusterName, nonDefaultDeny, layer7, icmpRules } = profile;
  const entities: EntitySelectors = readEntitySelectors(entitySelectors) ?? new Map();
  if (entities.size === 0 && !localCluster && nonDefaultDeny && layer7 && icmpRules) return policies;
  const reading: Reading = { entities, localCluster: localCluster ? clusterName : undefined, nonDefaultDeny, layer7, icmpRules };
  return policies.map((policy) => ({
    ...policy,
    specs: policy.specs.map((spec) => ({
      ...spec,
      ingress: readSection(spec.ingress, reading),
      egress: readSection(spec.egress, reading),
    })),
  }));
}

function readSection({ rules, defaultDeny }: CiliumSection, reading: Reading): CiliumSection {
  return {
    rules: rules.map((rule) => readRule(rule, reading)),
    defaultDeny: defaultDeny || (!reading.nonDefaultDeny && rules.length > 0),
  };
}

function readRule(rule: CiliumRule, reading: Reading): CiliumRule {
  const read: CiliumRule = { ...rule, peers: rule.peers?.flatMap((peer) => readPeer(peer, reading)) };
  const refusal = rule.failsClosed ? undefined : refusalOf(rule, reading);
  return refusal === undefined ? read : { ...read, failsClosed: true, refusal };
}

/** Both of cilium/cilium `pkg/policy/api/rule_validation.go`, IngressRule.sanitize and EgressRule.sanitize. */
function refusalOf({ ports }: CiliumRule, { layer7, icmpRules }: Reading): CiliumRefusal | undefined {
  const off = (text: string): CiliumRefusal => ({ because: 'switch', text });
  if (!layer7 && ports.some((one) => one.layer7 !== undefined)) return off('it asks for layer 7, and `enable-l7-proxy` is off');
  const icmp = ports.some((one) => one.ports.some(({ type }) => type === 'icmp'));
  return !icmpRules && icmp ? off('it names types of ICMP, and `enable-icmp-rules` is off') : undefined;
}

function readPeer(peer: CiliumPeer, { entities, localCluster }: Reading): readonly CiliumPeer[] {
  if (peer.type === 'entity') {
    const selector = entities.get(peer.entity);
    return selector ? [peer, { type: 'endpoints', pointer: peer.pointer, selector }] : [peer];
  }
  if (peer.type !== 'endpoints' || localCluster === undefined) return [peer];
  return [{ ...peer, selector: ofCluster(peer.selector, localCluster) }];
}

/** Selectors of reserved labels, and those that name a cluster, stay as they are. */
function ofCluster(selector: CiliumSelector, clusterName: string): CiliumSelector {
  const bound = selector.requirements.some(
    ({ key }) => key.startsWith('reserved:') || (/^(k8s|any):/.test(key) && key.endsWith(`:${CILIUM_CLUSTER_LABEL}`)),
  );
  if (bound || selector.invalid) return selector;
  const own = { key: `k8s:${CILIUM_CLUSTER_LABEL}`, operator: 'In', values: [clusterName] } as const;
  return { ...selector, requirements: [...selector.requirements, own] };
}
