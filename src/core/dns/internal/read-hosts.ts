import { absoluteZones } from '../../model/absolute-zones.js';
import type { CorefileDirective } from '../../model/corefile.js';
import { absoluteName } from '../dns-name.js';
import { zoneOf } from './falls-through.js';
import { type HostsEntry, hostsEntry, KUBELET_HOSTS, parseHosts } from './hosts-entries.js';
import type { HostsPlugin } from './plugin.js';
import { pathBelow, type ServerFiles } from './server-files.js';

/** The file that is read where none is named: kubelet writes it into the server's own container. */
const OWN_FILE = '/etc/hosts';
const TTL = 3600;

/** `hosts [FILE [ZONES…]] { [ADDRESS NAMES…] ttl no_reverse reload fallthrough }` (coredns `plugin/hosts/{setup,hostsfile}.go`): the file, then what stands in the Corefile. */
export function readHosts(
  { line, arguments: words, options }: CorefileDirective,
  blockZones: readonly string[],
  files: ServerFiles,
): HostsPlugin {
  const [file = OWN_FILE, ...named] = words;
  const zones = named.length === 0 ? blockZones : absoluteZones(named);
  const option = (name: string) => options.findLast((one) => one.words[0] === name)?.words.slice(1);
  const path = pathBelow(file, files.root);
  const text = files.text(path);
  const own = text === undefined ? (path === OWN_FILE ? KUBELET_HOSTS : []) : parseHosts(text);
  const entries = [...own, ...options.flatMap((entry) => hostsEntry(entry.words))];
  const ttl = Number(option('ttl')?.[0]);
  const through = option('fallthrough');
  return {
    kind: 'hosts',
    line,
    zones,
    ...mapsOf(entries, zones, option('no_reverse') === undefined),
    ttl: Number.isInteger(ttl) && ttl > 0 ? ttl : TTL,
    fallthrough: through && absoluteZones(through),
    file: text === undefined && path !== OWN_FILE ? path : undefined,
  };
}

/** Names outside the zones of the plugin are passed over. */
function mapsOf(entries: readonly HostsEntry[], zones: readonly string[], reverse: boolean): Pick<HostsPlugin, 'addresses' | 'names'> {
  const addresses = new Map<string, string[]>();
  const names = new Map<string, string[]>();
  for (const { address, names: hosts } of entries) {
    for (const host of hosts) {
      const name = absoluteName(host);
      if (zoneOf(zones, name) === undefined) continue;
      append(addresses, name, address);
      if (reverse) append(names, address, host);
    }
  }
  return { addresses, names };
}

function append(map: Map<string, string[]>, key: string, value: string): void {
  const list = map.get(key) ?? [];
  if (!list.includes(value)) list.push(value);
  map.set(key, list);
}
