import type { Steps } from '../../kernel/steps.js';
import { type Cidr, cidrOf } from '../../net/cidr.js';
import { familyBits, formatIp, type Ip, parseIp } from '../../net/ip.js';
import { API_SERVICE } from '../../model/api-service.js';
import type { ModelService, NetworkModel } from '../../model/network-model.js';
import type { PolicyProfile } from '../../model/network-profile.js';
import type { CiliumPeer, CiliumPolicy, CiliumRule, CiliumSelector, CiliumSpec } from '../../resources/cilium-policy.js';
import { selectorMatches } from '../../resources/label-selector.js';
import type { RuledPolicy } from './address-cuts.js';
import { CiliumBlocks } from './cilium-blocks.js';
import {
  type CiliumIdentity,
  hangsOnNode,
  type IdentitySettings,
  identitySettings,
  nodeIdentity,
  podIdentity,
  withAnySource,
  worldIdentity,
} from './cilium-identity.js';
import { DIRECTIONS, type Direction } from './direction.js';
import type { Labelling } from './layer.js';
import type { HostEndpoint, PolicyEndpoint } from './policy-endpoint.js';

/** A peer whose references are looked up: groups are their networks, services their selectors or addresses. */
export type ResolvedPeer =
  | Exclude<CiliumPeer, { type: 'cidr' | 'cidrGroups' | 'services' }>
  /** `missing`: what it names does not exist. */
  | { readonly type: 'blocks'; readonly blocks: CiliumBlocks; readonly missing: string | undefined };

/** So many peers are looked up in one go. */
const BREATH = 1024;

/** What policies of Cilium refer to, and the switches of the agent. */
export class CiliumReferences {
  private readonly groups: ReadonlyMap<string, NetworkModel['ciliumCIDRGroups'][number]>;
  private readonly serverAddresses: ReadonlyMap<string, Ip>;
  private readonly serverBlocks: CiliumBlocks;
  private readonly serverNodes: ReadonlySet<string>;
  private readonly resolved = new WeakMap<CiliumPeer, readonly ResolvedPeer[]>();
  private readonly byText = new Map<string, readonly ResolvedPeer[]>();
  private readonly byNamespace = new Map<string | undefined, CiliumPolicy[]>();
  private readonly known = new WeakMap<PolicyEndpoint, CiliumIdentity>();
  private readonly localIdentities = new WeakMap<HostEndpoint, CiliumIdentity>();

  constructor(
    private readonly model: NetworkModel,
    /** Those that count. */
    readonly policies: readonly CiliumPolicy[],
  ) {
    this.groups = new Map(model.ciliumCIDRGroups.map((group) => [group.ref.name, group]));
    this.serverAddresses = new Map(apiServerAddresses(model).map((ip) => [formatIp(ip), ip]));
    this.serverBlocks = new CiliumBlocks([...this.serverAddresses.values()].map(hostCidr), []);
    this.serverNodes = new Set(
      [...model.nodes.values()]
        .filter(({ addresses }) => addresses.some(({ ip }) => this.serverAddresses.has(formatIp(ip))))
        .map(({ name }) => name),
    );
    for (const policy of policies) {
      const known = this.byNamespace.get(policy.namespace);
      if (known) known.push(policy);
      else this.byNamespace.set(policy.namespace, [policy]);
    }
  }

  /** Those that may select a pod of the namespace, or a node: first its own ones, then the clusterwide ones. */
  policiesFor(namespace: string | undefined): readonly CiliumPolicy[] {
    const clusterwide = this.byNamespace.get(undefined) ?? [];
    const own = namespace === undefined ? undefined : this.byNamespace.get(namespace);
    return own ? [...own, ...clusterwide] : clusterwide;
  }

  /** The labels by which Cilium knows an endpoint, as seen from `node`. */
  identityOf(endpoint: PolicyEndpoint, node: string | undefined): CiliumIdentity {
    if (endpoint.kind !== 'host' || endpoint.node === undefined || endpoint.node !== node) {
      return remembered(this.known, endpoint, () => this.seenFromAfar(endpoint));
    }
    return remembered(this.localIdentities, endpoint, () => nodeIdentity(endpoint, true, this.isApiServer(endpoint)));
  }

  /** The labels by which selectors find an endpoint that is not the own node, each of whatever source too. */
  readonly labelsFromAfar: Labelling = (endpoint) => withAnySource(this.identityOf(endpoint, undefined));
  /** The same of all that are no nodes. */
  readonly labelsBesideNodes: Labelling = (endpoint) => (endpoint.kind === 'host' ? undefined : this.labelsFromAfar(endpoint));

  private seenFromAfar(endpoint: PolicyEndpoint): CiliumIdentity {
    if (endpoint.kind === 'pod') return podIdentity(endpoint, this.identities);
    const apiServer = this.isApiServer(endpoint);
    return endpoint.kind === 'host' ? nodeIdentity(endpoint, false, apiServer) : worldIdentity(endpoint, apiServer, this.isDualStack);
  }

  /** Whether the agent runs with both address families. */
  private get isDualStack(): boolean {
    return this.model.profile.ipFamilies.length > 1;
  }

  /** What identities are made of. */
  get identities(): IdentitySettings {
    return identitySettings(this.settings.cilium);
  }

  get settings(): PolicyProfile {
    return this.model.profile.policy;
  }

  /** Whether nodes have policies; where nobody told, whether somebody wrote one for them: "--enable-host-firewall: Enable host network policies", off by default. */
  get hostFirewall(): boolean {
    const assumed = this.model.profileSources.get('policy.cilium.hostPolicies')?.provenance === 'assumed';
    const written = this.policies.some(({ specs }) => specs.some(({ subject }) => subject.type === 'nodes'));
    return this.settings.cilium.hostPolicies && (!assumed || written);
  }

  /** Whether any object tells where the API server is. */
  get knowsApiServer(): boolean {
    return this.serverAddresses.size > 0;
  }

  /** Whether the endpoint is (on) the API server, inside the cluster or outside of it. */
  isApiServer(endpoint: PolicyEndpoint): boolean {
    if (endpoint.kind === 'host' && endpoint.node !== undefined && this.serverNodes.has(endpoint.node)) return true;
    return endpoint.kind !== 'pod' && endpoint.address !== undefined && this.serverAddresses.has(formatIp(endpoint.address));
  }

  /** A peer with its references looked up: once for all peers that refer to the same. */
  resolve(peer: CiliumPeer): readonly ResolvedPeer[] {
    if (peer.type !== 'cidr' && peer.type !== 'cidrGroups' && peer.type !== 'services') return [peer];
    let found = this.resolved.get(peer);
    if (!found) {
      // One network is made ready faster than it is found to be known already.
      if (peer.type === 'cidr' && peer.except.length === 0) {
        found = this.lookUp(peer);
        this.resolved.set(peer, found);
        return found;
      }
      const { pointer: _, ...reference } = peer;
      const text = JSON.stringify(reference, (__, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
      found = this.byText.get(text) ?? this.lookUp(peer);
      this.byText.set(text, found);
      this.resolved.set(peer, found);
    }
    return found;
  }

  private lookUp(peer: Extract<CiliumPeer, { type: 'cidr' | 'cidrGroups' | 'services' }>): readonly ResolvedPeer[] {
    if (peer.type === 'cidr') return [{ type: 'blocks', blocks: new CiliumBlocks([peer.cidr], peer.except), missing: undefined }];
    if (peer.type === 'cidrGroups') return [this.groupBlocks(peer)];
    const services = this.servicesOf(peer);
    if (services.length === 0) return [{ type: 'blocks', blocks: new CiliumBlocks([], []), missing: 'no such service' }];
    return services.map((service) => serviceAsPeer(service, peer.pointer));
  }

  private groupBlocks({ groups, except }: Extract<CiliumPeer, { type: 'cidrGroups' }>): ResolvedPeer {
    const named =
      typeof groups === 'string'
        ? [this.groups.get(groups)]
        : [...this.groups.values()].filter((one) => selectorMatches(groups, one.labels));
    const found = named.flatMap((group) => group ?? []);
    const blocks = new CiliumBlocks(
      found.flatMap(({ cidrs }) => cidrs),
      except,
    );
    return { type: 'blocks', blocks, missing: found.length === 0 ? 'no such CiliumCIDRGroup' : undefined };
  }

  /** "Policies can reference Kubernetes Services by name or label selector"; without a namespace, those of every namespace. */
  private servicesOf({ namespace, services }: Extract<CiliumPeer, { type: 'services' }>): readonly ModelService[] {
    if (typeof services === 'string' && namespace !== undefined) {
      const found = this.model.services.get(`${namespace}/${services}`);
      return found ? [found] : [];
    }
    return [...this.model.services.values()].filter(
      (service) =>
        (namespace === undefined || service.namespace === namespace) &&
        (typeof services === 'string' ? service.name === services : selectorMatches(services, service.resource.labels)),
    );
  }

  /** The policies with the blocks of their rules, which cut the address space. Yields often. */
  *ruled(): Steps<readonly (RuledPolicy & Pick<CiliumPolicy, 'ref' | 'specs'>)[]> {
    const found: (RuledPolicy & Pick<CiliumPolicy, 'ref' | 'specs'>)[] = [];
    for (const { ref, specs } of this.policies) {
      const [egress, ingress] = [yield* this.blocksIn(specs, 'egress'), yield* this.blocksIn(specs, 'ingress')];
      found.push({ ref, specs, egress, ingress });
    }
    return found;
  }

  private *blocksIn(specs: readonly CiliumSpec[], direction: Direction): Steps<RuledPolicy[Direction]> {
    const found: RuledPolicy[Direction][number][] = [];
    for (const rule of specs.flatMap((spec) => spec[direction].rules)) {
      yield;
      found.push(yield* this.blocksOf(rule));
    }
    return found;
  }

  private *blocksOf(rule: CiliumRule): Steps<RuledPolicy[Direction][number]> {
    const peers: CiliumBlocks[] = [];
    for (const [position, peer] of (rule.peers ?? []).entries()) {
      if (position % BREATH === BREATH - 1) yield;
      for (const resolved of this.resolve(peer)) peers.push(...this.blocksOfPeer(resolved));
    }
    return { peers };
  }

  private blocksOfPeer(peer: ResolvedPeer): readonly CiliumBlocks[] {
    if (peer.type === 'blocks') return [peer.blocks];
    return namesApiServer(peer) || (peer.type === 'entity' && peer.entity === 'cluster') ? [this.serverBlocks] : [];
  }

  /** Whether some rule asks where the API server is. */
  asksApiServer(): boolean {
    const rules = this.policies.flatMap(({ specs }) => specs.flatMap(({ ingress, egress }) => [...ingress.rules, ...egress.rules]));
    return rules.some(({ peers }) => (peers ?? []).some((peer) => this.resolve(peer).some(namesApiServer)));
  }

  /** Whether some rule tells the own node from the others. */
  tellsNodesApart(): boolean {
    return this.policies.some(({ specs }) => specs.some((spec) => DIRECTIONS.some((direction) => hangsOnNode(spec, direction))));
  }

  /** The selectors of all policies, of subjects and peers. */
  selectors(): readonly CiliumSelector[] {
    return this.policies.flatMap(({ specs }) =>
      specs.flatMap((spec) => [
        spec.subject.selector,
        ...DIRECTIONS.flatMap((direction) =>
          spec[direction].rules.flatMap(({ peers }) => (peers ?? []).flatMap((peer) => (peer.type === 'endpoints' ? peer.selector : []))),
        ),
      ]),
    );
  }
}

function namesApiServer(peer: ResolvedPeer): boolean {
  if (peer.type === 'entity') return peer.entity === 'kube-apiserver';
  return peer.type === 'endpoints' && peer.selector.requirements.some(({ key }) => key.endsWith(':kube-apiserver'));
}

/**
 * "This feature uses the discovered services' label selector as an endpoint selector. Services without selectors: the IPs in the service's EndpointSlices are
 * converted to CIDR selectors" (layer3.rst).
 */
function serviceAsPeer({ namespace, resource, endpoints }: ModelService, pointer: string): ResolvedPeer {
  const labels = Object.entries(resource.selector ?? {});
  if (labels.length > 0) {
    const requirements = labels.map(([key, value]) => ({ key: `k8s:${key}`, operator: 'In' as const, values: [value] }));
    const own = { key: 'k8s:io.kubernetes.pod.namespace', operator: 'In' as const, values: [namespace] };
    return { type: 'endpoints', pointer, selector: { requirements: [...requirements, own], invalid: false } };
  }
  return { type: 'blocks', blocks: new CiliumBlocks(addressesOf(endpoints).map(hostCidr), []), missing: undefined };
}

/** Where the API server is: behind the service `kubernetes`, else where its static pods run. */
function apiServerAddresses(model: NetworkModel): readonly Ip[] {
  const service = model.services.get(API_SERVICE);
  const behind = service ? addressesOf(service.endpoints) : [];
  if (behind.length > 0) return behind;
  const ids = model.podsByNamespace.get('kube-system') ?? [];
  return ids.flatMap((id) => {
    const pod = model.pods[id];
    return pod?.labels['component'] === 'kube-apiserver' ? pod.ips.map(({ value }) => value) : [];
  });
}

function remembered<K extends object>(known: WeakMap<K, CiliumIdentity>, key: K, make: () => CiliumIdentity): CiliumIdentity {
  let identity = known.get(key);
  if (!identity) {
    identity = make();
    known.set(key, identity);
  }
  return identity;
}

function addressesOf({ slices }: ModelService['endpoints']): readonly Ip[] {
  return slices.flatMap((slice) => slice.endpoints.flatMap(({ addresses }) => addresses.flatMap((text) => parseIp(text) ?? [])));
}

function hostCidr(ip: Ip): Cidr {
  return cidrOf(ip, familyBits(ip.family));
}
