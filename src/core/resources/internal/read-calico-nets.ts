import { cidrOf, type Cidr, formatCidr, parseCidr } from '../../net/cidr.js';
import { familyBits, parseIp } from '../../net/ip.js';
import type { ObjectReader } from './object-reader.js';

/** How many bits come before the IPv4 address in an IPv6 address that carries one. */
const MAPPED_BITS = 96;

/**
 * Reads a list of networks. Calico's validation wants a prefix with its host bits clear; what it enforces (`cnet.ParseCIDROrIP`) is a network in either case,
 * so that a bare address and host bits that are set are understood, with a warning. What is no network is an error, and is left out.
 */
export function readCalicoNets(reader: ObjectReader, field: string, most = Number.POSITIVE_INFINITY): readonly Cidr[] {
  const texts = reader.texts(field);
  if (texts.length > most) reader.error('too-many', field, `at most ${most} networks are allowed, there are ${texts.length}`);
  return texts.flatMap((text, index): readonly Cidr[] => {
    const pointer = `${reader.at(field)}/${index}`;
    const ip = parseIp(text.trim());
    const cidr = ip ? cidrOf(ip, familyBits(ip.family)) : (parseCidr(text.trim()) ?? parseMappedCidr(text.trim()));
    if (!cidr) {
      reader.findings.report('error', 'invalid-value', pointer, `\`${text}\` is not a CIDR such as \`10.0.0.0/8\``);
      return [];
    }
    const written = parseIp(text.trim().split('/')[0] ?? '');
    if (ip || written?.value !== cidr.base || cidr.family !== (text.includes(':') ? 6 : 4)) {
      reader.findings.report(
        'warning',
        'not-canonical',
        pointer,
        `\`${text}\` is read as \`${formatCidr(cidr)}\`; Calico's validation wants it written so`,
      );
    }
    return [cidr];
  });
}

/** IPv4 written as IPv6, `::ffff:10.9.0.0/120`, which is `10.9.0.0/24` for Calico's allocator (projectcalico/calico `libcalico-go/lib/ipam/accounting/tracker_test.go`, TestIPv4MappedReservation). */
function parseMappedCidr(text: string): Cidr | undefined {
  const [, address = '', length = ''] = /^(.*:.*)\/(\d{1,3})$/.exec(text) ?? [];
  const ip = parseIp(address);
  const prefix = Number(length) - MAPPED_BITS;
  return ip?.family === 4 && prefix >= 0 && prefix <= 32 ? cidrOf(ip, prefix) : undefined;
}
