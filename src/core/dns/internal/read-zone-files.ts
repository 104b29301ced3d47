import { absoluteZones } from '../../model/absolute-zones.js';
import type { CorefileDirective } from '../../model/corefile.js';
import { err, type Result } from '../../kernel/result.js';
import { compileRegex } from '../../regex/compile-regex.js';
import { matchRegex } from '../../regex/match-regex.js';
import { checkDnsName } from '../dns-name.js';
import { parseZone, type Zone, type ZoneFault } from './parse-zone.js';
import type { Plugin, ZoneFilesPlugin } from './plugin.js';
import { pathBelow, type ServerFiles } from './server-files.js';

type Report = (message: string) => void;

/** `file DBFILE [ZONES…] { fallthrough reload }` (coredns `plugin/file/setup.go`): the file is read anew for each zone, names without a final dot lie below it. */
export function readFilePlugin(
  { arguments: words, options }: CorefileDirective,
  blockZones: readonly string[],
  files: ServerFiles,
  report: Report,
): ZoneFilesPlugin {
  const [file = '', ...named] = words;
  const origins = named.length === 0 ? blockZones : absoluteZones(named);
  const path = pathBelow(file, files.root);
  const zones = new Map<string, Zone | undefined>();
  for (const origin of origins) {
    const zone = readZone(path, origin, files);
    if (!zone.ok) report(`${unread(path, origin, zone.error)}${zone.error.isValid ? '' : ', and CoreDNS does not start'}`);
    zones.set(origin, zone.ok ? zone.value : undefined);
  }
  const through = options.findLast((one) => one.words[0] === 'fallthrough')?.words.slice(1);
  return { kind: 'zone-files', name: 'file', origins, zones, fallthrough: through && absoluteZones(through) };
}

/** All `file` lines of a block are one plugin, so that the longest zone of any of them answers. */
export function withFilesMerged(plugins: readonly Plugin[]): readonly Plugin[] {
  const lines = plugins.flatMap((plugin) => (plugin.kind === 'zone-files' && plugin.name === 'file' ? [plugin] : []));
  if (lines.length < 2) return plugins;
  const merged: ZoneFilesPlugin = {
    kind: 'zone-files',
    name: 'file',
    origins: lines.flatMap(({ origins }) => origins),
    zones: new Map(lines.flatMap(({ zones }) => [...zones])),
    fallthrough: lines.findLast((line) => line.fallthrough !== undefined)?.fallthrough,
  };
  const others = new Set<Plugin>(lines.slice(1));
  return plugins.flatMap((plugin) => (plugin === lines[0] ? [merged] : others.has(plugin) ? [] : [plugin]));
}

const DEFAULT_PATTERN = 'db\\.(.*)';
const DEFAULT_TEMPLATE = '{1}';

/**
 * `auto [ZONES…] { directory DIR [REGEXP ORIGIN_TEMPLATE] }` (coredns `plugin/auto/{setup,walk,auto}.go`): each file below the directory whose name matches is a zone, and
 * the template tells its origin. A file that cannot be read is left out.
 */
export function readAutoPlugin(
  { arguments: words, options }: CorefileDirective,
  blockZones: readonly string[],
  files: ServerFiles,
  report: Report,
): ZoneFilesPlugin {
  const origins = words.length === 0 ? blockZones : absoluteZones(words);
  const [, directory = '', expression = DEFAULT_PATTERN, template = DEFAULT_TEMPLATE] =
    options.findLast((one) => one.words[0] === 'directory')?.words ?? [];
  const folder = `${pathBelow(directory, files.root).replace(/\/+$/, '')}/`;
  const pattern = compileRegex(expression);
  const inside = [...files.paths()].filter((path) => path.startsWith(folder));
  const zones = new Map<string, Zone | undefined>();
  const unknown = (message: string): ZoneFilesPlugin => {
    report(message);
    return {
      kind: 'zone-files',
      name: 'auto',
      origins,
      zones: new Map(origins.map((origin) => [origin, undefined])),
      fallthrough: undefined,
    };
  };
  if (!pattern.ok) return unknown(`the pattern \`${expression}\` cannot be used: ${pattern.error}`);
  if (inside.length === 0) return unknown(`no file below \`${folder}\` is in the input: what it answers is not known`);
  const seen = new Set<string>();
  for (const path of inside.toSorted()) {
    const groups = matchRegex(pattern.value, path.slice(path.lastIndexOf('/') + 1));
    const named = groups && expanded(template, groups);
    const [origin] = named === undefined || !checkDnsName(named).ok ? [] : absoluteZones([named]);
    if (origin === undefined || seen.has(origin)) continue;
    seen.add(origin); // a second file of it is left out, whatever is wrong with the first
    const zone = readZone(path, origin, files);
    if (zone.ok) zones.set(origin, zone.value);
    else {
      if (zone.error.isValid) zones.set(origin, undefined);
      report(`${unread(path, origin, zone.error)}${zone.error.isValid ? '' : ', and CoreDNS leaves it out'}`);
    }
  }
  return { kind: 'zone-files', name: 'auto', origins, zones, fallthrough: undefined };
}

/** A template with its groups, all put in at once, as Go's `Regexp.Expand` does: what a group brings is no template, and a group there is not is empty. */
function expanded(template: string, groups: readonly string[]): string {
  return template.replaceAll(/\{(\d+)\}/g, (_, index: string) => groups[Number(index)] ?? '');
}

function readZone(path: string, origin: string, files: ServerFiles): Result<Zone, ZoneFault> {
  const text = files.zoneText(path);
  if (!text.ok) return err({ message: text.error, isValid: true });
  return parseZone(text.value, origin, (name) => files.zoneText(pathBelow(name, folderOf(path))));
}

function unread(path: string, origin: string, { message }: ZoneFault): string {
  return `\`${path}\` cannot be read as the zone \`${origin}\`: ${message}`;
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}
