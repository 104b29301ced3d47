import type { ByFamily, Carrier, Transport } from '../../carrier.js';

/** Nothing there, over either family. */
export const NOWHERE = { 4: undefined, 6: undefined } as const;

/** UDP to a port. */
export const udp = (port: number): Transport => ({ protocol: 'udp', port });
/** An IP protocol of its own. */
export const ip = (number: number): Transport => ({ protocol: 'ip', number });
/** The same over both families. */
export const both = <T>(value: T): ByFamily<T> => ({ 4: value, 6: value });
/** Over IPv4 alone. */
export const onlyIPv4 = <T>(value: T): ByFamily<T> => ({ 4: value, 6: undefined });

/** Packets go out as they are. */
export function plain(source: string, route: string): Carrier {
  return { overhead: both(0), transport: NOWHERE, device: NOWHERE, source, route };
}
