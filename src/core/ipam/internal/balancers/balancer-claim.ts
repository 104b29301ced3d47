import type { Steps } from '../../../kernel/steps.js';
import type { Ip } from '../../../net/ip.js';
import type { IpamReason } from '../../ipam-reasons.js';
import type { BalancedService } from './balanced-service.js';

/** Who gives addresses to services of type LoadBalancer. */
export type BalancerProvider = 'cilium' | 'ciliumNodes' | 'metallb' | 'calico';

/** An address that a service has, or gets. */
export interface ClaimedAddress {
  readonly ip: Ip;
  /** Name of the pool; null: it is a node's. */
  readonly pool: string | null;
  /** The service's status names it already. */
  readonly held: boolean;
}

/** Why a service does not get what it asks for. */
export interface ClaimRefusal {
  readonly reason: IpamReason;
  readonly message: string;
}

/** A condition that a provider writes into the status of a service or a pool. */
export interface BalancerCondition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
}

/** What a service of type LoadBalancer has and gets. */
export interface BalancerClaim {
  readonly provider: BalancerProvider;
  readonly addresses: readonly ClaimedAddress[];
  /** Empty: it gets everything it asks for. */
  readonly refusals: readonly ClaimRefusal[];
  /** Addresses of its status that are taken away from it. */
  readonly lost: readonly Ip[];
  /** What the provider writes into the status of the service; undefined: it writes none. */
  readonly condition?: BalancerCondition;
}

/** Whether a pool may serve a service, and the first reason. */
export interface PoolFit {
  readonly pool: string;
  readonly serves: boolean;
  readonly reason: IpamReason;
  readonly message: string;
  /** What the provider writes into the status of the pool; undefined: it writes none. */
  readonly conditions?: readonly BalancerCondition[];
}

/** One provider. */
export interface Balancer {
  /** Gives every service its turn. */
  serve(services: readonly BalancedService[]): Steps<void>;
  /** What a service has and gets then; undefined: it is none of those that were served. */
  claimOf(service: string): BalancerClaim | undefined;
  /** Every pool, in the order in which it is tried. */
  fits(service: string): readonly PoolFit[];
  /** Services that have the address, in order. */
  usersOf(ip: Ip): readonly string[];
}
