/** IP protocols that policies know by name (IANA protocol numbers); every other one is a number alone. */
export const IP_PROTOCOLS = { ICMP: 1, TCP: 6, UDP: 17, ICMPv6: 58, SCTP: 132, UDPLite: 136 } as const satisfies Record<string, number>;

/** A protocol's name, or its number where it has none: `TCP`, `112`. */
export function formatIpProtocol(number: number): string {
  return Object.entries(IP_PROTOCOLS).find(([, one]) => one === number)?.[0] ?? `${number}`;
}
