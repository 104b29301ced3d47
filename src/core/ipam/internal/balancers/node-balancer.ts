import { compareBy } from '../../../kernel/compare.js';
import type { Steps } from '../../../kernel/steps.js';
import type { ModelNode, ModelService, NetworkModel } from '../../../model/network-model.js';
import { parseLabelText } from '../../../model/parse-label-text.js';
import { formatIp, type Ip, type IpFamily } from '../../../net/ip.js';
import { selectorMatches } from '../../../resources/label-selector.js';
import { type BalancedService, distinctIps } from './balanced-service.js';
import type { Balancer, BalancerClaim, ClaimRefusal, PoolFit } from './balancer-claim.js';

/** The class of services that get the addresses of nodes. */
export const NODE_CLASS = 'io.cilium/node';
const MATCH_LABELS = 'io.cilium.nodeipam/match-node-labels';
const EXCLUDED_LABEL = 'node.kubernetes.io/exclude-from-external-load-balancers';
const EXCLUDED_TAINT = 'ToBeDeletedByClusterAutoscaler';

/**
 * What Cilium's operator gives to services where they get the addresses of nodes (cilium/cilium `operator/pkg/nodeipam/{nodesvclb,node_predicates}.go`).
 * Any number of services has each of them, so nobody is asked before there is a question.
 */
export class NodeBalancer implements Balancer {
  private readonly services = new Map<string, BalancedService>();

  constructor(private readonly model: NetworkModel) {}

  *serve(services: readonly BalancedService[]): Steps<void> {
    yield;
    for (const service of services) this.services.set(service.key, service);
  }

  claimOf(key: string): BalancerClaim | undefined {
    const service = this.services.get(key);
    if (!service) return undefined;
    const { ips, refusal } = this.addressesFor(service);
    const [given, held] = [textsOf(ips), textsOf(service.held)];
    return {
      provider: 'ciliumNodes',
      addresses: ips.map((ip) => ({ ip, pool: null, held: held.has(formatIp(ip)) })),
      refusals: refusal ? [refusal] : [],
      lost: refusal?.reason === 'BALANCER_REQUEST' ? [] : service.held.filter((ip) => !given.has(formatIp(ip))),
    };
  }

  usersOf(): readonly string[] {
    return [];
  }

  fits(): readonly PoolFit[] {
    return [];
  }

  private addressesFor(service: BalancedService): { readonly ips: readonly Ip[]; readonly refusal?: ClaimRefusal } {
    const text = service.resource.annotations[MATCH_LABELS];
    const selector = text === undefined ? undefined : parseLabelText(text);
    if (selector?.ok === false)
      return { ips: [], refusal: { reason: 'BALANCER_REQUEST', message: `\`${MATCH_LABELS}\`: ${selector.error}` } };
    const serving = servingNodes(this.model.services.get(service.key));
    const nodes = [...this.model.nodes.values()].filter(
      (node) => mayServe(node) && (!selector || selectorMatches(selector.value, node.labels)) && (serving?.has(node.name) ?? true),
    );
    const ips = addressesOf(nodes, service.families);
    return ips.length > 0
      ? { ips }
      : { ips, refusal: { reason: 'BALANCER_NO_NODE', message: 'no node that may serve it has an address of its families' } };
  }
}

function textsOf(ips: readonly Ip[]): ReadonlySet<string> {
  return new Set(ips.map(formatIp));
}

/** "shouldIncludeNode": what the cloud's own controllers leave out. */
function mayServe({ labels, resource }: ModelNode): boolean {
  if (Object.hasOwn(labels, EXCLUDED_LABEL) || resource?.terminating) return false;
  return !resource?.taints.some(({ key }) => key === EXCLUDED_TAINT);
}

/** With externalTrafficPolicy Local, the nodes where ready endpoints are; undefined: every node. */
function servingNodes(service: ModelService | undefined): ReadonlySet<string> | undefined {
  if (service?.resource.externalTrafficPolicy !== 'Local') return undefined;
  const endpoints = service.endpoints.slices.flatMap((slice) => slice.endpoints);
  return new Set(endpoints.flatMap(({ ready, nodeName }) => (ready && nodeName !== undefined ? [nodeName] : [])));
}

/** The external addresses where there is one, else the internal ones, in the order of their texts. */
function addressesOf(nodes: readonly ModelNode[], families: readonly IpFamily[]): readonly Ip[] {
  const ofType = (wanted: string) =>
    nodes.flatMap(({ addresses }) =>
      addresses.filter(({ type, ip }) => type === wanted && families.includes(ip.family)).map(({ ip }) => ip),
    );
  const external = ofType('ExternalIP');
  const chosen = distinctIps(external.length > 0 ? external : ofType('InternalIP'));
  return [...chosen].sort(compareBy(formatIp));
}
