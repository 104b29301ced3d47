import type { Steps } from '../../kernel/steps.js';
import type { NetworkModel } from '../../model/network-model.js';
import type { Cidr } from '../../net/cidr.js';
import type { IpFamily } from '../../net/ip.js';
import type { CalicoPolicy, CalicoRule } from '../../resources/calico-policy.js';
import type { CalicoHostEndpoint } from '../../resources/calico-host-endpoint.js';
import type { CalicoProfile } from '../../resources/calico-profile.js';
import { type CalicoSelector, calicoSelectorMatches } from '../../resources/calico-selector.js';
import { DEFAULT_ALLOW_PROFILE } from '../../resources/default-allow-profile.js';
import type { Labels } from '../../resources/resource.js';
import { BUILT_IN_TIERS } from '../../resources/normalise-calico-tier.js';
import type { RuledPolicy } from './address-cuts.js';
import { type NamedPort, portProtocol } from './calico-connections.js';
import { CalicoHosts } from './calico-hosts.js';
import { CalicoMembers } from './calico-members.js';
import type { CalicoReferences } from './calico-references.js';
import { CalicoLayerRule } from './calico-rule.js';
import { entitySelectors } from './calico-selectors.js';
import { CalicoServices } from './calico-services.js';
import { type CalicoSurvey, surveyOf } from './calico-survey.js';
import type { Direction } from './direction.js';
import type { ActingPolicy, SubjectEndpoint } from './layer.js';
import type { PolicyEndpoint } from './policy-endpoint.js';

/** A tier as it acts. */
export interface ActingTier {
  readonly name: string;
  readonly order: number;
  readonly defaultAction: 'Deny' | 'Pass';
}

type Acting = Readonly<Record<Direction, ActingPolicy>>;

/** What the policies of Calico that count mean in one model: whom they select, in which tiers, and what their rules refer to. */
export class CalicoBook implements CalicoReferences {
  /** Whether packets that pass through nodes meet policies there. */
  readonly forwards: boolean;
  private readonly tiers: ReadonlyMap<string, ActingTier>;
  private readonly global: readonly CalicoPolicy[];
  private readonly byNamespace = new Map<string, CalicoPolicy[]>();
  private readonly acting = new WeakMap<CalicoPolicy | CalicoProfile, Acting>();
  private readonly ofHosts = new Map<CalicoHostEndpoint, readonly CalicoPolicy[]>();
  readonly services: CalicoServices;

  private constructor(
    private readonly model: NetworkModel,
    /** In the order in which they act within their tiers. */
    readonly policies: readonly CalicoPolicy[],
    private readonly survey: CalicoSurvey,
    readonly hosts: CalicoHosts,
    readonly members: CalicoMembers,
  ) {
    this.services = new CalicoServices(model);
    this.forwards = model.calico.hostEndpoints.length > 0 && policies.some(actsOnForward);
    const tiers = [...BUILT_IN_TIERS].map(([name, tier]) => [name, { name, ...tier }] as const);
    const own = model.calico.tiers.map(({ ref, order, defaultAction }) => {
      return [ref.name, { name: ref.name, order: order ?? Number.POSITIVE_INFINITY, defaultAction }] as const;
    });
    this.tiers = new Map([...tiers, ...own]);
    this.global = policies.filter(({ kind }) => kind === 'GlobalNetworkPolicy');
    for (const policy of policies) {
      if (policy.kind !== 'CalicoNetworkPolicy') continue;
      const known = this.byNamespace.get(policy.namespace);
      if (known) known.push(policy);
      else this.byNamespace.set(policy.namespace, [policy]);
    }
  }

  /** The book of some policies, in the order in which they act; each is made ready to be asked. Yields after each. */
  static *of(model: NetworkModel, policies: readonly CalicoPolicy[]): Steps<CalicoBook> {
    const survey = yield* surveyOf(policies, model.calico.profiles);
    const hosts = yield* CalicoHosts.of(model);
    const book = new CalicoBook(model, policies, survey, hosts, yield* CalicoMembers.of(model, hosts));
    for (const policy of policies) {
      yield;
      book.act(policy, 'ingress');
    }
    return book;
  }

  get asksServiceAccounts(): boolean {
    return this.survey.asksServiceAccounts;
  }

  get asksFamilies(): boolean {
    return this.survey.asksFamilies;
  }

  get asksServices(): boolean {
    return this.survey.asksServices;
  }

  /** What the rules name of the address space. Yields after each policy. */
  *ruled(): Steps<readonly RuledPolicy[]> {
    const { policies, model } = this;
    const found = [failsafeNets(model)];
    for (const policy of [...policies, ...model.calico.profiles]) {
      yield;
      found.push(this.ruledBy(policy));
    }
    return [...found, this.ruledBySets()];
  }

  /** A tier by name; undefined: neither built in nor among the objects, and what it holds is not enforced. */
  tier(name: string): ActingTier | undefined {
    return this.tiers.get(name);
  }

  /** The policies that select an endpoint, whatever the direction, in the order in which they act. Untracked and pre-DNAT ones are about nodes alone. */
  selecting(subject: SubjectEndpoint): readonly CalicoPolicy[] {
    if (subject.kind === 'host') {
      const governing = this.hosts.at(subject);
      return governing ? this.selectingHost(governing.host) : [];
    }
    const local = this.byNamespace.get(subject.namespace) ?? [];
    return [...local, ...this.global].filter((policy) => this.selects(policy, this.survey.subjects.get(policy), subject));
  }

  /** The same of a host endpoint, whichever packets the policies are about. */
  selectingHost(host: CalicoHostEndpoint): readonly CalicoPolicy[] {
    let found = this.ofHosts.get(host);
    if (!found) {
      const labels = this.members.labelsOfHost(host);
      found = this.global.filter((policy) => policy.subject && matchesAll(this.survey.subjects.get(policy), labels));
      this.ofHosts.set(host, found);
    }
    return found;
  }

  /** Whether a policy with that selector, undefined for everybody, selects the endpoint. */
  selects(policy: CalicoPolicy, selector: CalicoSelector | undefined, subject: SubjectEndpoint): boolean {
    if (!policy.subject || (subject.kind === 'pod' && stageOf(policy) !== 'normal')) return false;
    const labels = this.members.labelsOf(subject);
    return labels !== undefined && matchesAll(selector, labels);
  }

  /** A policy in one direction. Where it does not apply it has no rules. */
  act(policy: CalicoPolicy, direction: Direction): ActingPolicy {
    const { tier, order } = policy;
    const denies = this.tier(tier)?.defaultAction === 'Deny';
    return this.remembered(policy, direction, (one) => {
      const applies = one === 'ingress' ? policy.appliesToIngress : policy.appliesToEgress;
      const namespace = policy.kind === 'CalicoNetworkPolicy' ? policy.namespace : undefined;
      const rules = applies ? this.rulesOf(policy, policy[one], { direction: one, namespace }) : [];
      const place = `tier ${tier}, ${order === undefined ? 'last' : `order ${order}`}`;
      return { policy, pointer: '/spec/selector', place, isolates: applies && denies, rules };
    });
  }

  /** A profile in one direction: the last word on the endpoints that name it. */
  actProfile(profile: CalicoProfile, direction: Direction): ActingPolicy {
    return this.remembered(profile, direction, (one) => {
      // "DENY, PASS: PERMISSION_DENIED": there is nothing that a profile could pass to.
      const last = profile[one].map((rule) => (rule.action === 'Pass' ? { ...rule, action: 'Deny' as const } : rule));
      const rules = this.rulesOf(profile, last, { direction: one, namespace: undefined });
      return { policy: profile, pointer: `/spec/${one}`, place: 'profile', isolates: true, rules };
    });
  }

  /** The profiles of the host endpoint that governs the node; undefined: there is none. */
  profilesOf(subject: SubjectEndpoint): readonly CalicoProfile[] | undefined {
    const governing = subject.kind === 'host' ? this.hosts.at(subject) : undefined;
    return governing && this.profilesOfHost(governing.host);
  }

  /** Those that have the last word on the traffic of a host endpoint. */
  profilesOfHost({ profiles }: CalicoHostEndpoint): readonly CalicoProfile[] {
    return profiles.flatMap((name) => this.profile(name) ?? []);
  }

  private profile(name: string): CalicoProfile | undefined {
    const stored = this.members.profiles.get(name);
    return stored ?? (name === DEFAULT_ALLOW_PROFILE.ref.name ? DEFAULT_ALLOW_PROFILE : undefined);
  }

  namedPortsOf(endpoint: PolicyEndpoint): readonly NamedPort[] {
    if (endpoint.kind === 'address') return [];
    if (endpoint.kind === 'pod')
      return endpoint.ports.map(({ name, protocol, containerPort }) => ({ name, protocol, port: containerPort }));
    const ports = this.hosts.at(endpoint)?.host.ports ?? [];
    return ports.map(({ name, protocol, port }) => ({ name, protocol: portProtocol({ protocol }), port }));
  }

  addressCounts({ kind }: Pick<PolicyEndpoint, 'kind'>): boolean {
    return kind !== 'pod' || this.model.profile.policy.ipBlockMatchesPods;
  }

  familiesOf(endpoint: PolicyEndpoint): readonly IpFamily[] {
    if (endpoint.kind === 'pod' && endpoint.families.length > 0) return endpoint.families;
    return endpoint.address ? [endpoint.address.family] : this.model.profile.ipFamilies;
  }

  private remembered(of: CalicoPolicy | CalicoProfile, direction: Direction, make: (direction: Direction) => ActingPolicy): ActingPolicy {
    let found = this.acting.get(of);
    if (!found) {
      found = { egress: make('egress'), ingress: make('ingress') };
      this.acting.set(of, found);
    }
    return found[direction];
  }

  private rulesOf(
    policy: CalicoPolicy | CalicoProfile,
    rules: readonly CalicoRule[],
    place: { readonly direction: Direction; readonly namespace: string | undefined },
  ): readonly CalicoLayerRule[] {
    return rules.filter(({ action }) => action !== 'Log').map((rule) => new CalicoLayerRule(this, policy, rule, place));
  }

  /** The networks that a policy's rules tell apart on either side: their own, and those of services. */
  private ruledBy(policy: CalicoPolicy | CalicoProfile): RuledPolicy {
    const peers = (direction: Direction) => {
      const entities = policy[direction].flatMap(({ source, destination }) => [source, destination]);
      return blocks(
        entities.flatMap((entity) => [
          ...entity.nets,
          ...entity.notNets,
          ...(entity.service ? this.services.endpointsOf(entity.service).map(({ net }) => net) : []),
        ]),
      );
    };
    // Where packets pass through a node, its rules of both directions are asked on either side of the pods.
    const both = policy.kind === 'GlobalNetworkPolicy' && actsOnForward(policy);
    const directed = { egress: { peers: peers('egress') }, ingress: { peers: peers('ingress') } };
    return both
      ? { egress: Object.values(directed), ingress: Object.values(directed) }
      : { egress: [directed.egress], ingress: [directed.ingress] };
  }

  /** The networks of sets, which any rule with a selector may find; said once, however many rules have one. */
  private ruledBySets(): RuledPolicy {
    const sets = blocks(this.members.nets);
    const all = [...this.policies, ...this.model.calico.profiles];
    const peers = (direction: Direction) => [{ peers: all.some((policy) => policy[direction].some(selects)) ? sets : [] }];
    return { egress: peers('egress'), ingress: peers('ingress') };
  }
}

/** Which of a node's packets a policy is about: those that are not tracked, those whose destination is not translated yet, or the others. */
export type PolicyStage = 'untracked' | 'pre-dnat' | 'normal';

/** felix `calc/event_sequencer.go`: a policy is of one of three lists; forwarding ones are of the third, and of a list of their own. */
export function stageOf(policy: CalicoPolicy): PolicyStage {
  if (policy.kind !== 'GlobalNetworkPolicy') return 'normal';
  return policy.doNotTrack ? 'untracked' : policy.preDNAT ? 'pre-dnat' : 'normal';
}

/** Whether the policy is about packets that pass through a node, too. */
export function actsOnForward(policy: CalicoPolicy): boolean {
  return policy.kind === 'GlobalNetworkPolicy' && (policy.doNotTrack || policy.preDNAT || policy.applyOnForward);
}

function matchesAll(selector: CalicoSelector | undefined, labels: Labels): boolean {
  return selector === undefined || calicoSelectorMatches(selector, labels);
}

/** The addresses to which failsafe ports are open. */
function failsafeNets({ calico: { hostEndpoints, felixConfigurations }, felixEnvironment }: NetworkModel): RuledPolicy {
  const told = [...felixConfigurations, felixEnvironment];
  const nets = (field: 'failsafeInbound' | 'failsafeOutbound') => [
    {
      peers: hostEndpoints.length === 0 ? [] : blocks(told.flatMap((one) => (one[field] ?? []).flatMap(({ net }) => net ?? []))),
    },
  ];
  return { egress: nets('failsafeOutbound'), ingress: nets('failsafeInbound') };
}

function selects({ source, destination }: CalicoRule): boolean {
  return [source, destination].some((entity) => Object.values(entitySelectors(entity, undefined)).some(Boolean));
}

function blocks(nets: readonly Cidr[]) {
  return nets.map((cidr) => ({ type: 'ipBlock' as const, pointer: '', cidr, except: [] }));
}
