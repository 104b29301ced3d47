import { z } from 'zod';
import { type Problem, problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import { formatIpProtocol, IP_PROTOCOLS } from '../../core/net/ip-protocol.js';
import { parseProtocol } from '../../core/net/protocol.js';
import { type AskedProtocol, formatAskedProtocol, isIcmp, type PortlessProtocol } from '../../core/policy/asked-protocol.js';

const NAMES = ['TCP', 'UDP', 'SCTP', 'ICMP', 'ICMPv6'] as const;

/** `icmpv6` is ICMPv6. */
function named(value: unknown): unknown {
  return typeof value === 'string' ? (NAMES.find((name) => name.toUpperCase() === value.toUpperCase()) ?? value) : value;
}

/** A query string writes numbers as text. */
const octet = z
  .preprocess((value) => (typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value), z.int().min(0).max(255))
  .optional();

/** The protocol of a question about policies, whatever it is; `asked` says what goes with what. */
export const askedProtocolInput = {
  protocol: z.preprocess(named, z.enum(NAMES)).optional(),
  ipProtocol: octet.describe('instead of `protocol`: any other protocol by its number, `47` is GRE; it has no ports here'),
  icmpType: octet.describe(
    'goes with the protocols ICMP and ICMPv6: `8` is an echo request of ICMP, `128` of ICMPv6. Left out: every message',
  ),
  icmpCode: octet.describe('goes with `icmpType`. Left out: every code'),
};

/** What was given of it. */
export interface GivenProtocol {
  readonly protocol?: (typeof NAMES)[number] | undefined;
  readonly ipProtocol?: number | undefined;
  readonly icmpType?: number | undefined;
  readonly icmpCode?: number | undefined;
  readonly port?: string | undefined;
}

/** The protocol that is meant; undefined: none is named. Fails with `invalid-request` where fields do not go together. */
export function askedProtocol(given: GivenProtocol): Result<AskedProtocol | undefined, Problem> {
  const { protocol, ipProtocol, icmpType, icmpCode, port } = given;
  if (protocol !== undefined && ipProtocol !== undefined) {
    return refused('ipProtocol', `\`protocol\` (${protocol}) and \`ipProtocol\` (${ipProtocol}) both name one`, 'give one of the two');
  }
  const name = protocol ?? (ipProtocol === undefined ? undefined : formatIpProtocol(ipProtocol));
  const ported = name === undefined ? undefined : parseProtocol(name);
  const number = protocol === 'ICMP' || protocol === 'ICMPv6' ? IP_PROTOCOLS[protocol] : ipProtocol;
  const hasMessages = ported === undefined && number !== undefined && isIcmp(number);
  if (icmpType !== undefined && !hasMessages) {
    return refused(
      'icmpType',
      `\`icmpType\` goes with ICMP and ICMPv6, and the protocol is ${name ?? 'not given'}`,
      'give `protocol=ICMP` or `protocol=ICMPv6`',
    );
  }
  if (icmpCode !== undefined && icmpType === undefined) {
    return refused(
      'icmpCode',
      '`icmpCode` is a code of a type, and no `icmpType` is given',
      'an echo request is type 8, code 0 (ICMPv6: type 128)',
    );
  }
  if (ported !== undefined || number === undefined) return ok(ported);
  const portless: PortlessProtocol = { number, icmpType, icmpCode };
  if (port === undefined) return ok(portless);
  const hint = hasMessages ? 'leave `port` out; messages are told apart by `icmpType` and `icmpCode`' : 'leave `port` out';
  return refused('port', `${formatAskedProtocol(portless)} has no ports that policies could name, and \`port\` is \`${port}\``, hint);
}

/** As it was understood, for the answer: `protocol` where it has a name, `ipProtocol` otherwise. */
export function protocolAsked(protocol: AskedProtocol | undefined) {
  if (protocol === undefined || typeof protocol === 'string') return { protocol: protocol ?? null };
  const { number, icmpType, icmpCode } = protocol;
  if (!isIcmp(number)) return { protocol: null, ipProtocol: number };
  return {
    protocol: formatIpProtocol(number),
    ...(icmpType === undefined ? {} : { icmpType }),
    ...(icmpCode === undefined ? {} : { icmpCode }),
  };
}

function refused(field: keyof GivenProtocol, message: string, hint: string): Result<never, Problem> {
  return err(
    problem('invalid-request', message, { hint, errors: [{ pointer: `/${field}`, code: 'does-not-go-together', message, hint }] }),
  );
}
