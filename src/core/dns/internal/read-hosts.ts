import { canonicalIp } from '../../net/ip.js';
import { absoluteZones } from '../../model/absolute-zones.js';
import type { CorefileDirective } from '../../model/corefile.js';
import { absoluteName } from '../dns-name.js';
import type { HostsPlugin } from './plugin.js';

/** The file that is read where none is named: in a container it has the container's own names. */
const OWN_FILE = '/etc/hosts';
const TTL = 3600;

/** `hosts [FILE [ZONES…]] { [ADDRESS NAMES…] ttl no_reverse reload fallthrough }` (coredns `plugin/hosts/setup.go`). */
export function readHosts({ line, arguments: words, options }: CorefileDirective, blockZones: readonly string[]): HostsPlugin {
  const [file, ...zones] = words;
  const addresses = new Map<string, string[]>();
  const names = new Map<string, string[]>();
  const option = (name: string) => options.findLast((one) => one.words[0] === name)?.words.slice(1);
  const reverse = option('no_reverse') === undefined;
  for (const entry of options) {
    const [text = '', ...hosts] = entry.words;
    const address = canonicalIp(text);
    if (address === undefined) continue;
    for (const host of hosts) {
      append(addresses, absoluteName(host.toLowerCase()), address);
      if (reverse) append(names, address, host.toLowerCase());
    }
  }
  const ttl = Number(option('ttl')?.[0]);
  const through = option('fallthrough');
  return {
    kind: 'hosts',
    line,
    zones: zones.length === 0 ? blockZones : absoluteZones(zones),
    addresses,
    names,
    ttl: Number.isInteger(ttl) && ttl > 0 ? ttl : TTL,
    fallthrough: through && absoluteZones(through),
    file: file === undefined || file === OWN_FILE ? undefined : file,
  };
}

function append(map: Map<string, string[]>, key: string, value: string): void {
  const list = map.get(key) ?? [];
  if (!list.includes(value)) list.push(value);
  map.set(key, list);
}
