import { type Cidr, parseCidr } from '../net/cidr.js';
import { familyBits, reverseName } from '../net/ip.js';

/**
 * Zones as DNS knows them: lower case, with a final dot. A CIDR stands for its reverse zone; one that ends inside an octet (v4) or nibble (v6)
 * stands for the several zones that cover it (coredns/coredns `plugin/normalize.go`).
 */
export function absoluteZones(zones: readonly string[]): readonly string[] {
  return zones.flatMap((zone) => {
    const cidr = parseCidr(zone);
    if (cidr) return reverseZones(cidr);
    const lower = zone.toLowerCase();
    return lower.endsWith('.') ? [lower] : [`${lower}.`];
  });
}

function reverseZones(cidr: Cidr): readonly string[] {
  const step = cidr.family === 4 ? 8 : 4;
  const labels = Math.ceil(cidr.prefix / step);
  const cut = familyBits(cidr.family) - labels * step;
  const count = 1 << (labels * step - cidr.prefix);
  return Array.from({ length: count }, (_, index) => {
    const ip = { family: cidr.family, value: cidr.base + (BigInt(index) << BigInt(cut)) };
    const all = familyBits(cidr.family) / step;
    return `${reverseName(ip)
      .split('.')
      .slice(all - labels)
      .join('.')}.`;
  });
}
