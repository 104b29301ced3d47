/** A client's own extension of the protocol (RFC 6891). */
export interface Edns {
  /** Longest answer over UDP that the client takes. */
  readonly udpSize: number;
  readonly version: number;
  /** Whether it understands DNSSEC; copied into the answer (RFC 3225 section 3). */
  readonly dnssecOk: boolean;
  readonly subnet: ClientSubnet | undefined;
}

/** On whose behalf a resolver asks (RFC 7871). */
export interface ClientSubnet {
  /** The option as it came: family, prefix lengths, address; the answer repeats it. */
  readonly octets: Buffer;
  /** The whole address, where the prefix is one. */
  readonly address: string | undefined;
}

const CLIENT_SUBNET = 8;
const OPTION_HEAD = 4;
const SUBNET_HEAD = 4;
const DNSSEC_OK = 0x80;

/** Octets of a family's addresses, by its number in IANA's registry. */
const FAMILIES: ReadonlyMap<number, number> = new Map([
  [1, 4],
  [2, 16],
]);

/** Reads an OPT record from behind its name and type, its data of `length` octets at `data`. Undefined: its options are malformed. */
export function readEdns(packet: Buffer, fixed: number, data: number, length: number): Edns | undefined {
  const end = data + length;
  let subnet: ClientSubnet | undefined;
  for (let at = data; at < end;) {
    if (at + OPTION_HEAD > end) return undefined;
    const code = packet.readUInt16BE(at);
    const next = at + OPTION_HEAD + packet.readUInt16BE(at + 2);
    if (next > end) return undefined;
    if (code === CLIENT_SUBNET) {
      subnet = readSubnet(packet.subarray(at + OPTION_HEAD, next));
      if (!subnet) return undefined;
    }
    at = next;
  }
  return {
    udpSize: packet.readUInt16BE(fixed),
    version: packet[fixed + 3] ?? 0,
    dnssecOk: ((packet[fixed + 4] ?? 0) & DNSSEC_OK) !== 0,
    subnet,
  };
}

/** RFC 7871 section 6: the address has as many octets as its prefix needs, the bits behind it are zero, and a question's scope is zero. */
function readSubnet(octets: Buffer): ClientSubnet | undefined {
  if (octets.length < SUBNET_HEAD) return undefined;
  const size = FAMILIES.get(octets.readUInt16BE(0));
  const bits = octets[2] ?? 0;
  const address = octets.subarray(SUBNET_HEAD);
  if (size === undefined || bits > 8 * size || octets[3] !== 0 || address.length !== Math.ceil(bits / 8)) return undefined;
  const spare = (8 - (bits % 8)) % 8;
  if (((address.at(-1) ?? 0) & ((1 << spare) - 1)) !== 0) return undefined;
  return { octets: Buffer.from(octets), address: bits === 8 * size ? addressText(address) : undefined };
}

/** An address in text; not the shortest one for IPv6. */
function addressText(octets: Buffer): string {
  if (octets.length === 4) return octets.join('.');
  return Array.from({ length: 8 }, (_, group) => octets.readUInt16BE(2 * group).toString(16)).join(':');
}
