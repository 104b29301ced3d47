import { didYouMeanHint } from '../../kernel/did-you-mean.js';
import type { IpFamily } from '../../net/ip.js';
import type { CiliumPort } from '../cilium-policy.js';
import type { ObjectReader } from './object-reader.js';
import { shortened } from './selector-tokens.js';

const FIELDS: ReadonlySet<string> = new Set(['family', 'type']);

/**
 * The names of types that the CRD and the agent know (cilium/cilium `pkg/policy/api/icmp.go`, after the registries of IANA): the former writes
 * `ExtendedEcho Reply`, the latter `ExtendedEchoReply`, so that neither passes both.
 */
const TYPES: Readonly<Record<IpFamily, Readonly<Record<string, number>>>> = {
  4: {
    EchoReply: 0,
    DestinationUnreachable: 3,
    Redirect: 5,
    Echo: 8,
    EchoRequest: 8,
    RouterAdvertisement: 9,
    RouterSelection: 10,
    TimeExceeded: 11,
    ParameterProblem: 12,
    Timestamp: 13,
    TimestampReply: 14,
    Photuris: 40,
    ExtendedEchoRequest: 42,
  },
  6: {
    DestinationUnreachable: 1,
    PacketTooBig: 2,
    TimeExceeded: 3,
    ParameterProblem: 4,
    EchoRequest: 128,
    EchoReply: 129,
    MulticastListenerQuery: 130,
    MulticastListenerReport: 131,
    MulticastListenerDone: 132,
    RouterSolicitation: 133,
    RouterAdvertisement: 134,
    NeighborSolicitation: 135,
    NeighborAdvertisement: 136,
    RedirectMessage: 137,
    RouterRenumbering: 138,
    ICMPNodeInformationQuery: 139,
    ICMPNodeInformationResponse: 140,
    InverseNeighborDiscoverySolicitation: 141,
    InverseNeighborDiscoveryAdvertisement: 142,
    HomeAgentAddressDiscoveryRequest: 144,
    HomeAgentAddressDiscoveryReply: 145,
    MobilePrefixSolicitation: 146,
    MobilePrefixAdvertisement: 147,
    DuplicateAddressRequestCodeSuffix: 157,
    DuplicateAddressConfirmationCodeSuffix: 158,
    ExtendedEchoRequest: 160,
  },
};

/** Reads one `icmps[].fields[]`: a type by number or by name, of IPv4 unless it says otherwise; its code does not matter. */
export function readCiliumIcmp(reader: ObjectReader): CiliumPort {
  reader.expectOnly(FIELDS);
  const { pointer } = reader;
  const invalid: CiliumPort = { type: 'invalid', pointer, why: 'its ICMP type cannot be read' };
  const written = reader.has('family') ? reader.oneOf('family', ['IPv4', 'IPv6']) : reader.default('family', 'IPv4' as const);
  if (written === undefined) return invalid;
  const family = written === 'IPv4' ? 4 : 6;
  const type = reader.raw('type');
  if (type === undefined) reader.error('missing-field', 'type', 'an ICMP rule needs a type: 0…255, or a name such as EchoRequest');
  const number = typeof type === 'string' && !/^\d+$/.test(type) ? named(reader, type, family) : numbered(reader, type);
  return number === undefined ? invalid : { type: 'icmp', pointer, family, icmpType: number };
}

function named(reader: ObjectReader, name: string, family: IpFamily): number | undefined {
  const types = TYPES[family];
  if (Object.hasOwn(types, name)) return types[name];
  const message = `\`${shortened(name)}\` is no ICMP type of IPv${family} that has a name here`;
  const byNumber = name === 'ExtendedEchoReply' ? `write ${family === 4 ? 43 : 161}` : undefined;
  reader.error('invalid-value', 'type', message, byNumber ?? didYouMeanHint(name, Object.keys(types)));
  return undefined;
}

function numbered(reader: ObjectReader, type: unknown): number | undefined {
  if (typeof type !== 'string') return reader.integer('type', 0, 255);
  const number = Number(type);
  if (number <= 255 && String(number) === type) return number;
  reader.error('out-of-range', 'type', `\`${shortened(type)}\` is no number 0…255 without leading zeros`);
  return undefined;
}
