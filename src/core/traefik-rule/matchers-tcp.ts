import { err, ok, type Result } from '../kernel/result.js';
import { clientIP } from './common-matchers.js';
import { findPattern, type MakeTest, type Test } from './finding.js';
import { type Pattern, patternOf, templateOf } from './pattern.js';
import type { MatcherFault } from './rule-node.js';
import { taking } from './taking.js';
import { inBrief } from './in-brief.js';

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
  HostSNI: hostSNI,
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

/**
 * `*` holds without a name too. The name in the hello is compared in lower case, the value as it is written, but for a wildcard: `*.x` is one label in front of `x` in any case
 * (doc.traefik.io v3.7, TCP "Rules & Priority"; `DomainMatchHostExpression` of `pkg/muxer/muxer.go`).
 */
function hostSNI(values: readonly string[]): Result<Test, MatcherFault> {
  const wrong = values.find((value) => value !== '*' && !/^(\*\.)*[\w.:-]+$/.test(value));
  if (wrong !== undefined) return err({ message: `\`${wrong}\` is not a valid hostname`, hint: undefined });
  if (values.includes('*')) return ok(() => ({ holds: true, because: 'any name' }));
  const plain = values.filter((value) => !value.startsWith('*')).map((value) => value.replace(/\.$/, ''));
  const domains = values.flatMap((value) => /^\*(\.[^*]*[^*.])\.?$/.exec(value.toLowerCase())?.[1] ?? []);
  const isOpen = plain.length + domains.length < values.length;
  return ok(({ host }) => {
    const because = host === '' ? 'the client sends no SNI' : `the SNI is \`${inBrief(host)}\``;
    const holds = host !== '' && (plain.includes(host) || domains.includes(host.slice(host.indexOf('.'))));
    if (holds || host === '' || !isOpen) return { holds, because };
    return { holds: undefined, because: `${because}; whether HostSNI takes more than one wildcard differs between versions of Traefik` };
  });
}

function eitherOf(values: readonly string[], make: (text: string) => ReturnType<typeof patternOf>): Result<Test, MatcherFault> {
  const wrong = values.find((value) => /[^\0-\x7f]/.test(value));
  if (wrong !== undefined) return err({ message: `\`${wrong}\` is not a valid hostname`, hint: undefined });
  const patterns: Pattern[] = [];
  for (const value of values) {
    const pattern = make(value);
    if (!pattern.ok) return pattern;
    patterns.push(pattern.value);
  }
  return ok(({ host }) => findPattern(patterns, [host], host === '' ? 'the client sends no SNI' : `the SNI is \`${inBrief(host)}\``));
}

function mapped(template: ReturnType<typeof templateOf>): ReturnType<typeof patternOf> {
  return template.ok ? ok(template.value.pattern) : template;
}
