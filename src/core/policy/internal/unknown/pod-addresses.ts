import type { NetworkModel } from '../../../model/network-model.js';
import { type Cidr, cidrCovers, cidrsOverlap, formatCidr } from '../../../net/cidr.js';
import { ANY_POD, anyOf, beyondLabels, butNot, NO_POD, type PodFormula } from './pod-formula.js';

/** Addresses that a rule names. */
interface Block {
  readonly cidr: Cidr;
  readonly except: readonly Cidr[];
}

/** For which pods networks hold, as far as the ranges of pods tell: all of them, none, or such as have an address there, which no label says. */
export class PodAddresses {
  constructor(private readonly model: Pick<NetworkModel, 'profile'>) {}

  /** Any of the blocks holds the pod's address. */
  within(blocks: readonly Block[]): PodFormula {
    return anyOf(blocks.map((block) => this.withinOne(block)));
  }

  /** None of the networks holds the pod's address, and one of them is of its family: what excepts networks of one family is about no other (`CalicoSide`). */
  outside(nets: readonly Cidr[]): PodFormula {
    const ranges = this.model.profile.podCIDRs;
    const ofFamily = ranges.filter(({ family }) => nets.some((net) => net.family === family));
    if (ofFamily.length < ranges.length)
      return ofFamily.length === 0 ? NO_POD : beyondLabels(`address outside ${nets.map(formatCidr).join(', ')}`);
    return butNot(this.within(nets.map((cidr) => ({ cidr, except: [] }))));
  }

  private withinOne({ cidr, except }: Block): PodFormula {
    const ranges = this.model.profile.podCIDRs;
    const holds = (ranges.length > 0 ? ranges : [cidr]).filter((range) => cidrsOverlap(range, cidr));
    if (holds.length === 0) return NO_POD;
    const excepted = (range: Cidr) => except.some((inner) => cidrsOverlap(inner, range));
    const isWhole = ranges.length > 0 && ranges.every((range) => cidrCovers(cidr, range) && !excepted(range));
    return isWhole ? ANY_POD : beyondLabels(`address in ${[cidr, ...except].map(formatCidr).join(' but ')}`);
  }
}
