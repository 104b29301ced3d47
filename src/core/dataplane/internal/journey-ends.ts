import type { NetworkModel } from '../../model/network-model.js';
import type { IpFamily } from '../../net/ip.js';
import type { Protocol } from '../../net/protocol.js';
import type { ServiceTurn } from './service-turn.js';
import type { Underlay } from './underlay.js';
import type { Place } from './place.js';

/** Between whom. */
export interface JourneyEnds {
  readonly model: NetworkModel;
  readonly underlay: Underlay;
  readonly family: IpFamily;
  readonly from: Place;
  readonly to: Place;
  /** A service that translates the packet. */
  readonly turn: ServiceTurn | undefined;
  /** The service that was asked for, translated or not. */
  readonly asked: ServiceTurn | undefined;
  readonly protocol: Protocol;
  readonly port: number | null;
}
