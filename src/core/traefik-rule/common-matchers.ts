import { err, ok, type Result } from '../kernel/result.js';
import { cidrContains, parseCidr } from '../net/cidr.js';
import { type Ip, parseIp, sameIp } from '../net/ip.js';
import type { Finding, MakeTest, Test } from './finding.js';
import type { SeenRequest } from './seen-request.js';
import type { MatcherFault } from './rule-node.js';
import { inBrief } from '../kernel/in-brief.js';

/** An address with a port behind it, as the far end of a connection is written. */
const WITH_PORT = /^(?:\[([^[\]]*)\]|([^:[\]]*)):[^:]*$/;

/** Whether a name lies one or more labels below the `x` of `**.x` (`DomainMatchHostExpression` of `pkg/muxer/muxer.go`), both in lower case. */
function liesBelow(name: string, expression: string): boolean {
  const suffix = expression.slice('**'.length);
  return name.length > suffix.length && name.endsWith(suffix);
}

/** How `**.x` fares with a name: Traefik reads it since 3.8, and finds nothing by it before. */
export function deepWildcard(
  expression: string,
  name: string,
  { deepWildcards }: Pick<SeenRequest, 'deepWildcards'>,
  because: string,
): Finding {
  if (!liesBelow(name, expression)) return { holds: false, because };
  if (deepWildcards !== undefined)
    return { holds: deepWildcards, because: deepWildcards ? because : `${because}; Traefik reads \`**\` since 3.8` };
  return { holds: undefined, because: `${because}; Traefik reads \`**\` since 3.8, and its version is not told` };
}

/** `ClientIP` in both languages (`pkg/ip/checker.go`): addresses and prefixes; the address of the connection is compared, with or without its port, and no header. */
export const clientIP: MakeTest = (values) => {
  const ranges: ((ip: Ip) => boolean)[] = [];
  for (const value of values) {
    const ip = parseIp(value);
    const cidr = ip ? undefined : parseCidr(value);
    if (!ip && !cidr)
      return err({ message: `\`${value}\` is neither an address nor a prefix`, hint: 'write `10.0.0.0/8` or `2001:db8::1`' });
    ranges.push((client) => (ip ? sameIp(ip, client) : cidr !== undefined && cidrContains(cidr, client)));
  }
  return ok(({ client }) => {
    if (client === undefined) return { holds: undefined, because: 'the address of the client is not told' };
    const [, bracketed, plain] = WITH_PORT.exec(client) ?? [];
    const ip = parseIp(bracketed ?? plain ?? client);
    if (!ip) return { holds: false, because: `the client's \`${inBrief(client)}\` is no address` };
    return { holds: ranges.some((contains) => contains(ip)), because: `the client's address is \`${client}\`` };
  });
};

/** `Method` in both languages: written in any case, compared in upper case. */
export const method: MakeTest = (values) => {
  const wanted = values.map((value) => value.toUpperCase());
  return ok(({ method: sent }) => ({ holds: wanted.includes(sent), because: `the method is \`${inBrief(sent)}\`` }));
};

/** Refuses names outside ASCII, as both languages do for hosts. */
export function asciiHosts(values: readonly string[]): Result<readonly string[], MatcherFault> {
  const other = values.find((value) => /[^\0-\x7f]/.test(value));
  return other === undefined ? ok(values) : err({ message: `\`${other}\` is not ASCII`, hint: 'write the name in punycode, `xn--…`' });
}

/** `Host`: without regard to case; one final dot is tolerated on either side. */
export function hostTest(hosts: readonly string[], matches: (host: string, wanted: string) => boolean): Test {
  const undotted = (name: string) => (name.endsWith('.') ? name.slice(0, -1) : name);
  const wanted = hosts.map((host) => host.toLowerCase());
  return ({ host }) => {
    if (host === '') return { holds: false, because: 'the request names no host' };
    const holds = wanted.some((one) => matches(host, one) || matches(host, undotted(one)) || matches(undotted(host), one));
    return { holds, because: `the host is \`${inBrief(host)}\`` };
  };
}
