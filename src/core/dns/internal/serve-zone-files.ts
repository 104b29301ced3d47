import type { ServerAnswer } from '../server-answer.js';
import { fallsThrough, zoneOf } from './falls-through.js';
import { parentOf } from './parse-zone.js';
import type { ZoneFilesPlugin } from './plugin.js';
import { emptyAnswer, type Next, type Serving } from './serving.js';
import { lookupZone } from './zone-lookup.js';

/** `file` and `auto` (coredns `plugin/file/file.go`, `plugin/auto/auto.go`): the longest zone that ends the name answers from its file. */
export function serveZoneFiles(plugin: ZoneFilesPlugin, name: string, serving: Serving, next: Next): ServerAnswer {
  const lower = name.toLowerCase();
  const origin = zoneOf(plugin.origins, lower) === undefined ? undefined : longestOf(plugin, lower);
  if (origin === undefined) return next(name);
  const zone = plugin.zones.get(origin);
  if (!zone) {
    const message = `\`${plugin.name}\` answers \`${name}\` from a zone file of \`${origin}\` that is not known`;
    return emptyAnswer(undefined, { reason: 'PLUGIN_NOT_MODELLED', message });
  }
  const { decisions, ...found } = lookupZone(zone, lower, serving);
  if (found.rcode === 'NXDOMAIN' && found.answer.length === 0 && fallsThrough(plugin.fallthrough, lower)) {
    const answer = next(name);
    return { ...answer, decisions: [...decisions, ...answer.decisions] };
  }
  return { truncated: false, forwardedTo: undefined, ...found, decisions };
}

function longestOf({ zones }: ZoneFilesPlugin, name: string): string | undefined {
  let zone = name;
  while (!zones.has(zone) && zone !== '.') zone = parentOf(zone);
  return zones.has(zone) ? zone : undefined;
}
