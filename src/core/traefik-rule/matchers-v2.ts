import { err, ok, type Result } from '../kernel/result.js';
import { asciiHosts, clientIP, hostTest, method } from './common-matchers.js';
import { type Finding, findPattern, type MakeTest, type Test } from './finding.js';
import { headerOf } from './matchers-v3.js';
import { patternOf, templateOf } from './pattern.js';
import type { MatcherFault } from './rule-node.js';
import { firstQueryValue } from './seen-request.js';
import { inBrief } from '../kernel/in-brief.js';

/** The matchers of the syntax v2 (traefik/traefik `pkg/muxer/http/matcher_v2.go`, over gorilla/mux): several values are alternatives, but for headers and queries. */
export const MATCHERS_V2: Readonly<Record<string, MakeTest>> = {
  ClientIP: clientIP,
  Method: method,
  Host: host,
  HostHeader: host,
  HostRegexp: hostRegexp,
  Path: (values) => path(values, 'path'),
  PathPrefix: (values) => path(values, 'prefix'),
  Headers: headers,
  HeadersRegexp: headersRegexp,
  Query: query,
};

function host(values: readonly string[]): ReturnType<MakeTest> {
  const hosts = asciiHosts(values);
  return hosts.ok ? ok(hostTest(hosts.value, (name, wanted) => name === wanted)) : hosts;
}

/** The port is cut off only where the expression has no colon, be it that of `(?:`. */
function hostRegexp(values: readonly string[]): ReturnType<MakeTest> {
  const hosts = asciiHosts(values);
  if (!hosts.ok) return hosts;
  const templates = every(values, (value) => templateOf(value, 'host'));
  if (!templates.ok) return templates;
  return ok(({ sentHost }) => {
    const findings = templates.value.map(({ expression, pattern }) => {
      const name = expression.includes(':') ? sentHost : (sentHost.split(':')[0] ?? '');
      return findPattern([pattern], [name], `the host is \`${name}\``);
    });
    return eitherOf(findings);
  });
}

function path(values: readonly string[], kind: 'path' | 'prefix'): ReturnType<MakeTest> {
  const relative = values.find((value) => !value.startsWith('/'));
  if (relative !== undefined) return err({ message: `\`${relative}\` does not start with \`/\``, hint: `write \`/${relative}\`` });
  const templates = every(values, (value) => templateOf(value, kind));
  if (!templates.ok) return templates;
  const patterns = templates.value.map(({ pattern }) => pattern);
  return ok(({ path: sent }) => findPattern(patterns, [sent], `the path is \`${sent}\``));
}

function headers(values: readonly string[]): ReturnType<MakeTest> {
  const pairs = pairsOf(values, 'write a name and a value, ``Headers(`X-User`, `ann`)``');
  if (!pairs.ok) return pairs;
  return ok(
    allOf(
      pairs.value.map(([name, value]) => (request) => {
        const [sent, because] = headerOf(request, name);
        return { holds: sent.includes(value), because };
      }),
    ),
  );
}

function headersRegexp(values: readonly string[]): ReturnType<MakeTest> {
  const pairs = pairsOf(values, 'write a name and an expression, ``HeadersRegexp(`X-User`, `^a`)``');
  if (!pairs.ok) return pairs;
  const tests = every(pairs.value, ([name, text]): Result<Test, MatcherFault> => {
    const pattern = patternOf(text);
    return pattern.ok ? ok((request) => findPattern([pattern.value], ...headerOf(request, name))) : pattern;
  });
  return tests.ok ? ok(allOf(tests.value)) : tests;
}

/** `key=value`; only the first value of a key counts, and the value may be a template. */
function query(values: readonly string[]): ReturnType<MakeTest> {
  const split = values.flatMap((value) => {
    const equals = value.indexOf('=');
    return equals < 0 ? [value] : [value.slice(0, equals), value.slice(equals + 1)];
  });
  const pairs = pairsOf(split, 'write a key and a value, ``Query(`page=1`)``');
  if (!pairs.ok) return pairs;
  const tests = every(pairs.value, ([key, value]): Result<Test, MatcherFault> => {
    const template = templateOf(`${key}=${value}`, 'query');
    if (!template.ok) return template;
    return ok((request) => {
      const sent = firstQueryValue(request.query, key);
      const because = `the parameter \`${key}\` is ${sent === undefined ? 'absent' : `\`${inBrief(sent)}\``}`;
      return findPattern([template.value.pattern], [sent === undefined ? '' : `${key}=${sent}`], because);
    });
  });
  return tests.ok ? ok(allOf(tests.value)) : tests;
}

function pairsOf(values: readonly string[], hint: string): Result<readonly (readonly [string, string])[], MatcherFault> {
  if (values.length % 2 !== 0) return err({ message: 'a name lacks its value', hint });
  const names = values.filter((_, index) => index % 2 === 0);
  // Go collects them in a map: of a name that is given twice the last value counts.
  return ok([...new Map(names.map((name, index) => [name, values[2 * index + 1] ?? '']))]);
}

function every<T, U>(items: readonly T[], make: (item: T) => Result<U, MatcherFault>): Result<readonly U[], MatcherFault> {
  const made: U[] = [];
  for (const item of items) {
    const one = make(item);
    if (!one.ok) return one;
    made.push(one.value);
  }
  return ok(made);
}

function eitherOf(findings: readonly Finding[]): Finding {
  const best = findings.find(({ holds }) => holds === true) ?? findings.find(({ holds }) => holds === undefined) ?? findings[0];
  return best ?? { holds: false, because: 'there is nothing to compare' };
}

function allOf(tests: readonly Test[]): Test {
  return (request) => {
    const findings = tests.map((test) => test(request));
    const failed = findings.find(({ holds }) => holds === false) ?? findings.find(({ holds }) => holds === undefined);
    return failed ?? { holds: true, because: findings.map(({ because }) => because).join('; ') };
  };
}
