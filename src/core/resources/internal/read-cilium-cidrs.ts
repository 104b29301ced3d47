import { type Cidr, cidrOf, parseCidr } from '../../net/cidr.js';
import { familyBits, parseIp } from '../../net/ip.js';
import type { ObjectReader } from './object-reader.js';

/** A list of networks; a bare address is the network of that address (cilium/cilium `pkg/policy/api/rule_validation.go`, `CIDR.Validate`). */
export function readCiliumCidrs(reader: ObjectReader, field: string): readonly Cidr[] {
  return reader.texts(field).flatMap((text, index) => {
    const cidr = cidrOrAddress(text.trim());
    if (cidr) return [cidr];
    const pointer = `${reader.at(field)}/${index}`;
    reader.findings.report('error', 'invalid-value', pointer, `\`${text}\` is neither a CIDR such as \`10.0.0.0/8\` nor an address`);
    return [];
  });
}

function cidrOrAddress(text: string): Cidr | undefined {
  const ip = parseIp(text);
  return ip ? cidrOf(ip, familyBits(ip.family)) : parseCidr(text);
}
