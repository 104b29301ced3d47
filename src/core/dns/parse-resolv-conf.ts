import { err, ok, type Result } from '../kernel/result.js';

/** What a resolv.conf says. */
export interface ResolvConf {
  readonly nameservers: readonly string[];
  readonly searches: readonly string[];
  /** `ndots:5`, `edns0` … one value a name. */
  readonly options: readonly string[];
}

/**
 * Reads a resolv.conf as kubelet does (kubernetes `pkg/kubelet/network/dns/dns.go` parseResolvConf): nameserver lines add up, the last search line wins
 * without `.` and final dots, option lines merge with later values winning by name, `#` is a comment only at the start of a line.
 * @returns the error's sentence for a nameserver line without an address
 */
export function parseResolvConf(text: string): Result<ResolvConf, string> {
  const nameservers: string[] = [];
  let searches: readonly string[] = [];
  let options: readonly string[] = [];
  for (const line of text.split('\n')) {
    const [keyword, ...values] = line.trim().split(/\s+/);
    if (keyword === undefined || keyword === '' || keyword.startsWith('#')) continue;
    if (keyword === 'nameserver') {
      const [address] = values;
      if (address === undefined) return err('a `nameserver` line has no address');
      nameservers.push(address);
    } else if (keyword === 'search') {
      searches = values.filter((domain) => domain !== '.').map((domain) => (domain.endsWith('.') ? domain.slice(0, -1) : domain));
    } else if (keyword === 'options') options = mergeOptions(options, values);
  }
  return ok({ nameservers, searches, options });
}

/** Options of both lists, one a name: a later value takes the place of an earlier one, a bare name clears the value. */
export function mergeOptions(existing: readonly string[], more: readonly string[]): readonly string[] {
  const byName = new Map<string, string>();
  for (const option of [...existing, ...more]) byName.set(option.split(':', 1)[0] ?? '', option);
  return [...byName.values()];
}
