import { err, ok, type Result } from '../kernel/result.js';
import { clientIP, deepWildcard } from './common-matchers.js';
import { findPattern, type MakeTest, type Test } from './finding.js';
import { type Pattern, patternOf, templateOf } from './pattern.js';
import type { MatcherFault } from './rule-node.js';
import { taking } from './taking.js';
import { inBrief } from '../kernel/in-brief.js';

/** The matchers of connections (traefik/traefik `pkg/muxer/tcp/matcher.go`), one value each. */
export const MATCHERS_TCP_V3: Readonly<Record<string, MakeTest>> = {
  ALPN: taking(1, 1, alpn),
  ClientIP: taking(1, 1, clientIP),
  HostSNI: taking(1, 1, hostSNI),
  HostSNIRegexp: taking(1, 1, ([text = '']) => eitherOf([text], patternOf)),
};

/** Those of the syntax v2 (`matcher_v2.go`): several values each, and templates for expressions. */
export const MATCHERS_TCP_V2: Readonly<Record<string, MakeTest>> = {
  ALPN: alpn,
  ClientIP: clientIP,
  HostSNI: hostSNIs,
  HostSNIRegexp: (values) => eitherOf(values, (text) => mapped(templateOf(text, 'host'))),
};

/** What clients of HTTPS may offer (IANA "TLS Application-Layer Protocol Negotiation (ALPN) Protocol IDs"); `h3` is for QUIC. */
const OF_HTTPS: ReadonlySet<string> = new Set(['h2', 'http/1.1', 'http/1.0', 'http/0.9']);

/** The protocol of ACME's challenge, which is never handed to a router. */
const ACME = 'acme-tls/1';

function alpn(values: readonly string[]): Result<Test, MatcherFault> {
  if (values.includes(ACME)) return err({ message: `\`${ACME}\` is not allowed`, hint: undefined });
  return ok(({ protocols, isHttps }) => {
    if (protocols === undefined && isHttps && !values.some((one) => OF_HTTPS.has(one)))
      return { holds: false, because: 'a client of HTTPS offers versions of HTTP alone' };
    if (protocols === undefined)
      return { holds: undefined, because: 'the protocols that the client offers (ALPN) are not told: say `alpn`' };
    return {
      holds: values.some((one) => protocols.includes(one)),
      because: `the client offers ${inBrief(protocols.join(', ')) || 'no protocol'}`,
    };
  });
}

/** What stands for a name in rules of TCP (`hostOrIP` of `matcher.go`). */
const HOST_OR_IP = /^[\w.:-]+$/;

/**
 * `*` holds without a name too. The name in the hello is compared in lower case, the value as it is written, but for a wildcard: `*.x` is one label in front of `x` in any case
 * (doc.traefik.io v3.7, TCP "Rules & Priority"; `DomainMatchHostExpression` of `pkg/muxer/muxer.go`).
 */
function hostSNI([value = '']: readonly string[]): Result<Test, MatcherFault> {
  if (value === '*') return ok(anyName);
  if (!HOST_OR_IP.test(value.replace(/^(\*\*?\.)+/, ''))) return err(noHostname(value));
  if (value.startsWith('**.'))
    return ok((seen) => deepWildcard(value.toLowerCase().replace(/\.$/, ''), seen.host, seen, sniText(seen.host)));
  const [, domain] = /^\*(\.[^*]*[^*.])\.?$/.exec(value.toLowerCase()) ?? [];
  return ok(({ host }) => {
    const because = sniText(host);
    if (!value.startsWith('*')) return { holds: isNamed(host, value), because };
    if (domain !== undefined) return { holds: host.slice(host.indexOf('.')) === domain && host !== '', because };
    if (host === '') return { holds: false, because };
    return { holds: undefined, because: `${because}; whether HostSNI takes more than one wildcard differs between versions of Traefik` };
  });
}

/** Values of v2 count in any case and have no wildcards; behind others, `*` asks for a name. */
function hostSNIs(values: readonly string[]): Result<Test, MatcherFault> {
  const wrong = values.find((value) => value !== '*' && !HOST_OR_IP.test(value));
  if (wrong !== undefined) return err(noHostname(wrong));
  if (values[0] === '*') return ok(anyName);
  const names = values.map((value) => value.toLowerCase());
  return ok(({ host }) => ({
    holds: host !== '' && names.some((name) => name === '*' || isNamed(host, name)),
    because: sniText(host),
  }));
}

const anyName: Test = () => ({ holds: true, because: 'any name' });
const noHostname = (value: string): MatcherFault => ({ message: `\`${value}\` is not a valid hostname`, hint: undefined });
const sniText = (host: string) => (host === '' ? 'the client sends no SNI' : `the SNI is \`${inBrief(host)}\``);
/** A final dot of the value may be missing in the hello. */
const isNamed = (host: string, value: string) => host !== '' && (host === value || host === value.replace(/\.$/, ''));

function eitherOf(values: readonly string[], make: (text: string) => ReturnType<typeof patternOf>): Result<Test, MatcherFault> {
  const wrong = values.find((value) => /[^\0-\x7f]/.test(value));
  if (wrong !== undefined) return err(noHostname(wrong));
  const patterns: Pattern[] = [];
  for (const value of values) {
    const pattern = make(value);
    if (!pattern.ok) return pattern;
    patterns.push(pattern.value);
  }
  return ok(({ host }) => findPattern(patterns, [host], sniText(host)));
}

function mapped(template: ReturnType<typeof templateOf>): ReturnType<typeof patternOf> {
  return template.ok ? ok(template.value.pattern) : template;
}
