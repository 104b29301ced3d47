import type { Ip } from '../../../net/ip.js';
import type { ConnectionRequest } from '../../route-request.js';

/** What a rule of one side takes connections or packets by, as far as such are made up. */
export interface ConnectionRule {
  readonly scheme: ConnectionRequest['scheme'];
  /** Where they arrive; empty: nothing tells. */
  readonly ports: readonly number[];
  /** Names in the hello that it tells apart, lower-case; none: whatever name. */
  readonly names: readonly string[];
  readonly addresses: readonly Ip[];
  /** Protocols that the hello may offer (ALPN). */
  readonly protocols: readonly string[];
  /** Not all that the rule tells apart stands here. */
  readonly asksMore: boolean;
}

/** A rule that tells nothing apart but the port. */
export const ANY_CONNECTION = { names: [], addresses: [], protocols: [], asksMore: false } as const;
