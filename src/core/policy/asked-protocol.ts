import { formatIpProtocol, IP_PROTOCOLS } from '../net/ip-protocol.js';
import type { Protocol } from '../net/protocol.js';

/** A protocol that is asked for without ports: ICMP, or any other by its number. */
export interface PortlessProtocol {
  /** Of IP, 0 … 255. */
  readonly number: number;
  /** Of ICMP and ICMPv6; undefined: every message. */
  readonly icmpType: number | undefined;
  /** With a type only; undefined: every code. */
  readonly icmpCode: number | undefined;
}

/** What a question is about: a protocol with ports, or one without. */
export type AskedProtocol = Protocol | PortlessProtocol;

/** Whether messages of the protocol have types and codes. */
export function isIcmp(number: number): boolean {
  return number === IP_PROTOCOLS.ICMP || number === IP_PROTOCOLS.ICMPv6;
}

/** `TCP`, `ICMP type 8 code 0`, `protocol 47`. */
export function formatAskedProtocol(protocol: AskedProtocol): string {
  if (typeof protocol === 'string') return protocol;
  const { number, icmpType, icmpCode } = protocol;
  const name = formatIpProtocol(number);
  const type = icmpType === undefined ? '' : ` type ${icmpType}${icmpCode === undefined ? '' : ` code ${icmpCode}`}`;
  return `${name === `${number}` ? `protocol ${number}` : name}${type}`;
}
