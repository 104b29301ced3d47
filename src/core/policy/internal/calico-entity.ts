import { type Cidr, cidrContains, formatCidr } from '../../net/cidr.js';
import { CidrIndex } from '../../net/cidr-index.js';
import type { CalicoSelector } from '../../resources/calico-selector.js';
import type { CalicoEntity } from '../../resources/calico-policy.js';
import type { CalicoReferences } from './calico-references.js';
import { type EntitySelectors, entitySelectors } from './calico-selectors.js';
import type { PeerMatch, PeerMismatch } from './judge-peer.js';
import type { PeerAt, Whereabouts } from './layer.js';
import { peerMatches } from './judge-peer.js';
import type { PolicyEndpoint } from './policy-endpoint.js';
import { butNot, everyOf } from './unknown/pod-formula.js';

type Outcome = PeerMatch | PeerMismatch;

/** One criterion of a side, as evidence tells it. */
interface Criterion {
  readonly field: string;
  readonly judge: (endpoint: PolicyEndpoint) => Outcome;
  /** What it names, and what the endpoint has instead. */
  readonly says: (endpoint: PolicyEndpoint, outcome: Outcome, side: string) => string;
}

/** One side of a rule, ready to be asked: every criterion that is given must hold. */
export class CalicoSide {
  private readonly selectors: EntitySelectors;
  private readonly criteria: readonly Criterion[];

  constructor(
    private readonly book: CalicoReferences,
    readonly entity: CalicoEntity,
    namespace: string | undefined,
  ) {
    this.selectors = entitySelectors(entity, namespace);
    const { positive, negative } = this.selectors;
    const { service } = entity;
    this.criteria = [
      ...(positive ? [this.selected('selector', positive, true)] : []),
      ...(negative ? [this.selected('notSelector', negative, false)] : []),
      ...(entity.nets.length > 0 ? [this.inNets(entity.nets)] : []),
      ...(entity.notNets.length > 0 ? [this.outsideNets(entity.notNets)] : []),
      ...(service ? [this.behindService(service)] : []),
    ];
  }

  /** Equal for sides that match the same endpoints. */
  key(): string {
    const { positive, negative } = this.selectors;
    const { nets, notNets, service } = this.entity;
    const listed = (list: readonly Cidr[]) => list.map(formatCidr).join(' ');
    const texts = [positive, negative].map((selector) => (selector ? JSON.stringify(stepsKey(selector)) : ''));
    return [...texts, listed(nets), listed(notNets), service ? `${service.namespace}/${service.name}` : ''].join('|');
  }

  /** Whether the endpoint is meant, ports aside. */
  admits(endpoint: PolicyEndpoint): boolean {
    return this.criteria.every(({ judge }) => peerMatches(judge(endpoint)));
  }

  /** Where everybody is who is meant, if networks or labels tell; undefined: anywhere. */
  get within(): readonly Whereabouts[] | undefined {
    const { positive, negative } = this.selectors;
    const { members } = this.book;
    const pods = this.book.addressCounts({ kind: 'pod' });
    if (this.entity.nets.length > 0) return [{ type: 'others', nets: this.entity.nets, pods }];
    if (!positive || this.criteria.length > (negative ? 2 : 1)) return undefined;
    if (negative && !members.findsByLabels(negative)) return undefined;
    const formula = () => (negative ? everyOf([positive.steps, butNot(negative.steps)]) : positive.steps);
    const labelled: Whereabouts = { type: 'labelled', labelsOf: members.labelsOf, formula };
    return members.findsByLabels(positive) ? [labelled] : [labelled, { type: 'others', nets: members.netsOf(positive), pods }];
  }

  /** How the endpoint fares with each criterion. */
  peersAt(endpoint: PolicyEndpoint): readonly PeerAt[] {
    return this.criteria.map(({ field, judge, says }) => {
      const outcome = judge(endpoint);
      return { pointer: `${this.entity.pointer}/${field}`, outcome, message: (side) => says(endpoint, outcome, side) };
    });
  }

  private selected(field: string, selector: CalicoSelector, wanted: boolean): Criterion {
    const member = (endpoint: PolicyEndpoint) => this.book.members.membership(selector, endpoint, this.book.addressCounts(endpoint));
    return {
      field: wanted ? this.selectorField() : field,
      judge: (endpoint) => {
        if ((member(endpoint) !== undefined) === wanted) return wanted ? 'PEER_SELECTED' : 'PEER_NOT_EXCEPTED';
        return wanted ? 'PEER_NOT_SELECTED' : 'PEER_EXCEPTED';
      },
      says: (endpoint, _, side) => {
        const by = member(endpoint);
        const verb = wanted ? 'selects' : 'leaves out';
        if (by === 'labels') return `${verb} \`${selector.text}\`: the ${side} is one`;
        if (by) return `${verb} \`${selector.text}\`: the address of the ${side} lies in ${by.set}`;
        const none = this.book.members.labelsOf(endpoint) ? 'has no such labels' : 'lies in no set of networks that it matches';
        return `${verb} \`${selector.text}\`: the ${side} ${none}`;
      },
    };
  }

  /** Where the object has what became the one selector. */
  private selectorField(): string {
    const fields = ['selector', 'namespaceSelector', 'serviceAccounts', 'notSelector'] as const;
    return fields.find((field) => this.entity[field] !== undefined) ?? 'selector';
  }

  private inNets(nets: readonly Cidr[]): Criterion {
    const index = indexOf(nets);
    return {
      field: 'nets',
      judge: (endpoint) => {
        if (!this.book.addressCounts(endpoint)) return 'BLOCK_IGNORES_PODS';
        const { address } = endpoint;
        if (address === undefined) return 'ADDRESS_UNKNOWN';
        return index.holds(address) ? 'ADDRESS_IN_BLOCK' : 'ADDRESS_OUTSIDE_BLOCK';
      },
      says: (_, outcome, side) => `${nets.map(formatCidr).join(', ')}: ${NET_WORDS[outcome]?.(side) ?? outcome}`,
    };
  }

  /** Felix leaves a rule out of the chains of a family of which it excepts no network (`rules/policy.go`, FilterRuleToIPVersion). */
  private outsideNets(nets: readonly Cidr[]): Criterion {
    const index = indexOf(nets);
    const families = new Set(nets.map(({ family }) => family));
    return {
      field: 'notNets',
      judge: (endpoint) => {
        if (!this.book.addressCounts(endpoint)) return 'BLOCK_IGNORES_PODS';
        const { address } = endpoint;
        if (address === undefined) return 'PEER_NOT_EXCEPTED';
        if (!families.has(address.family)) return 'OTHER_IP_VERSION';
        return index.holds(address) ? 'ADDRESS_EXCEPTED' : 'PEER_NOT_EXCEPTED';
      },
      says: (_, outcome, side) => `without ${nets.map(formatCidr).join(', ')}: ${NET_WORDS[outcome]?.(side) ?? outcome}`,
    };
  }

  private behindService(service: NonNullable<CalicoEntity['service']>): Criterion {
    const name = `Service ${service.namespace}/${service.name}`;
    return {
      field: 'services',
      judge: ({ address }) => {
        const one = address !== undefined && this.book.services.endpointsOf(service).some(({ net }) => cidrContains(net, address));
        return one ? 'SERVICE_ENDPOINT' : 'NO_SERVICE_ENDPOINT';
      },
      says: (_, outcome, side) => `${name}: the ${side} is ${outcome === 'SERVICE_ENDPOINT' ? 'one' : 'none'} of its endpoints`,
    };
  }
}

const NET_WORDS: Partial<Readonly<Record<Outcome, (side: string) => string>>> = {
  BLOCK_IGNORES_PODS: () => 'the profile matches networks with outside addresses only',
  ADDRESS_UNKNOWN: (side) => `the ${side} has no address that could lie in it`,
  ADDRESS_IN_BLOCK: (side) => `the address of the ${side} lies in it`,
  ADDRESS_OUTSIDE_BLOCK: (side) => `the address of the ${side} lies outside`,
  ADDRESS_EXCEPTED: (side) => `the address of the ${side} lies in it, and is excepted`,
  PEER_NOT_EXCEPTED: (side) => `the ${side} is not excepted`,
  OTHER_IP_VERSION: (side) => `the rule is about these families alone, and the address of the ${side} is of the other`,
};

function indexOf(nets: readonly Cidr[]): CidrIndex<undefined> {
  return CidrIndex.of(nets.map((net) => [net, undefined]));
}

function stepsKey({ steps }: CalicoSelector) {
  return steps.map((step) => ('values' in step ? { ...step, values: [...step.values].sort() } : step));
}
