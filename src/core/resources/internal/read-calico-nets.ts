import { cidrOf, type Cidr, formatCidr, parseCidr } from '../../net/cidr.js';
import { familyBits, parseIp } from '../../net/ip.js';
import type { ObjectReader } from './object-reader.js';

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
    const cidr = ip ? cidrOf(ip, familyBits(ip.family)) : parseCidr(text.trim());
    if (!cidr) {
      reader.findings.report('error', 'invalid-value', pointer, `\`${text}\` is not a CIDR such as \`10.0.0.0/8\``);
      return [];
    }
    const written = parseIp(text.trim().split('/')[0] ?? '');
    if (ip || written?.value !== cidr.base) {
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
