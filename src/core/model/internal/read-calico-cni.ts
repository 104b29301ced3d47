import { isJsonObject, type Json, type JsonObject } from '../../kernel/json.js';
import type { ConfigMap } from '../../resources/config-map.js';
import type { CalicoCni } from '../calico-objects.js';
import { readConfigText } from './profile/config-text.js';

/** The ConfigMaps that hold the configuration, and their keys: of Calico's manifests, and of its operator (tigera/operator `pkg/render/node.go`). */
const HOLDERS: ReadonlyMap<string, string> = new Map([
  ['calico-config', 'cni_network_config'],
  ['cni-config', 'config'],
]);

/** What the installer puts in, such as `"mtu": __CNI_MTU__`; between quotes it is text like any other (projectcalico/calico `cni-plugin/pkg/install/install.go`). */
const PLACEHOLDER = /(:\s*)__[A-Z0-9_]+__/g;

/** The configuration of Calico's CNI plugin, of whichever ConfigMap has it. */
export function readCalicoCni(maps: readonly ConfigMap[]): CalicoCni | undefined {
  for (const { ref, data } of maps) {
    const text = data[HOLDERS.get(ref.name) ?? ''];
    const ipam = text === undefined ? undefined : ipamOf(readConfigText(text.replaceAll(PLACEHOLDER, '$1null')));
    if (!ipam) continue;
    return {
      ref,
      type: typeof ipam['type'] === 'string' ? ipam['type'] : '',
      assigns: { 4: ipam['assign_ipv4'] !== 'false', 6: ipam['assign_ipv6'] === 'true' },
      pools: { 4: textsOf(ipam['ipv4_pools']), 6: textsOf(ipam['ipv6_pools']) },
    };
  }
  return undefined;
}

/** Of a configuration of one plugin, or of a list of plugins. */
function ipamOf(config: Json | undefined): JsonObject | undefined {
  if (!isJsonObject(config)) return undefined;
  const listed = Array.isArray(config['plugins']) ? config['plugins'] : [config];
  const ipam = listed.filter(isJsonObject).find(({ type }) => type === 'calico')?.['ipam'];
  return isJsonObject(ipam) ? ipam : undefined;
}

function textsOf(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
