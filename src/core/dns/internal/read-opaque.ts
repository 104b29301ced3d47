import { absoluteZones } from '../../model/absolute-zones.js';
import type { CorefileDirective } from '../../model/corefile.js';
import type { OpaquePlugin } from './plugin.js';

/** The zones, and where the line tells them the types, that a plugin answers by rules that are not modelled. */
export function readOpaque({ name, line, arguments: words }: CorefileDirective, blockZones: readonly string[]): OpaquePlugin {
  const opaque = (zones: readonly string[], types?: readonly string[]): OpaquePlugin => ({
    kind: 'opaque',
    name,
    line,
    zones: zones.length === 0 ? blockZones : absoluteZones(zones),
    types,
  });
  switch (name) {
    case 'template': {
      const [, type, ...zones] = words;
      return opaque(zones, type === undefined || type.toUpperCase() === 'ANY' ? undefined : [type.toUpperCase()]);
    }
    case 'route53':
    case 'azure':
    case 'clouddns':
      return opaque(words.map((word) => word.split(':', 1)[0] ?? ''));
    case 'grpc':
      return opaque(words.slice(0, 1));
    default:
      return opaque(name === 'secondary' || name === 'etcd' || name === 'whoami' ? words : []);
  }
}
