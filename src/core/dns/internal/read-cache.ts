import { absoluteZones } from '../../model/absolute-zones.js';
import type { CorefileDirective } from '../../model/corefile.js';
import type { CachePlugin } from './plugin.js';

/** Longest times without an argument, and shortest times (coredns `plugin/cache/README.md`), in seconds. */
const MOST = { success: 3600, denial: 1800 };
const LEAST = 5;

/** `cache [TTL] [ZONES…] { success CAPACITY [TTL [MINTTL]] denial … disable success|denial [ZONES…] }` (coredns `plugin/cache/setup.go`). */
export function readCache({ arguments: words, options }: CorefileDirective, blockZones: readonly string[]): CachePlugin {
  const [first] = words;
  const ttl = seconds(first);
  const zones = ttl === undefined ? words : words.slice(1);
  const range = (name: 'success' | 'denial') => {
    const [, most, least] = options.findLast((one) => one.words[0] === name)?.words.slice(1) ?? [];
    return { most: seconds(most) ?? ttl ?? MOST[name], least: seconds(least) ?? LEAST };
  };
  const disabled = (name: string) =>
    options
      .filter((one) => one.words[0] === 'disable' && one.words[1] === name)
      .flatMap((one) => (one.words.length > 2 ? absoluteZones(one.words.slice(2)) : ['.']));
  return {
    zones: zones.length === 0 ? blockZones : absoluteZones(zones),
    times: { success: range('success'), denial: range('denial') },
    disabled: { success: disabled('success'), denial: disabled('denial') },
  };
}

function seconds(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
