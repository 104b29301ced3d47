import { err, ok, type Result } from '../kernel/result.js';
import { asciiHosts, clientIP, deepWildcard, hostTest, method } from './common-matchers.js';
import { findPattern, listed, type MakeTest, type Test } from './finding.js';
import { taking } from './taking.js';
import { patternOf } from './pattern.js';
import type { MatcherFault } from './rule-node.js';
import { queryValues, type SeenRequest } from './seen-request.js';
import { inBrief } from '../kernel/in-brief.js';

/** The matchers of the syntax v3 (traefik/traefik `pkg/muxer/http/matcher.go`), each with its number of values. */
export const MATCHERS_V3: Readonly<Record<string, MakeTest>> = {
  ClientIP: taking(1, 1, clientIP),
  Method: taking(1, 1, method),
  Host: taking(1, 1, host),
  HostRegexp: taking(1, 1, hostRegexp),
  Path: taking(1, 1, (values) => pathTest(values, (path, wanted) => path === wanted)),
  PathPrefix: taking(1, 1, (values) => pathTest(values, (path, wanted) => path.startsWith(wanted))),
  PathRegexp: taking(1, 1, pathRegexp),
  Header: taking(2, 2, header),
  HeaderRegexp: taking(2, 2, headerRegexp),
  Query: taking(1, 2, query),
  QueryRegexp: taking(1, 2, queryRegexp),
};

function host(values: readonly string[]): ReturnType<MakeTest> {
  const hosts = asciiHosts(values);
  if (!hosts.ok) return hosts;
  const [value = ''] = hosts.value;
  if (value.startsWith('**.')) return ok(belowHost(value.toLowerCase()));
  return ok(hostTest(hosts.value, isHostOf));
}

/** One final dot is tolerated on either side. */
function belowHost(expression: string): Test {
  return (request) => {
    const { host } = request;
    const because = host === '' ? 'the request names no host' : `the host is \`${inBrief(host)}\``;
    const bare = (text: string) => text.replace(/\.$/, '');
    return deepWildcard(bare(expression), bare(host), request, because);
  };
}

/** `*.x` stands for one label in front of `x` (`pkg/muxer`, DomainMatchHostExpression), `*` for every host (rule T3, traefik/traefik#13460). */
function isHostOf(name: string, wanted: string): boolean {
  if (wanted === '*') return true;
  if (!wanted.startsWith('*')) return name === wanted;
  return ['*', ...name.split('.').slice(1)].join('.') === wanted;
}

function hostRegexp(values: readonly string[]): ReturnType<MakeTest> {
  const hosts = asciiHosts(values);
  if (!hosts.ok) return hosts;
  return patternTest(values[0] ?? '', (request) => [[request.host], `the host is \`${inBrief(request.host)}\``]);
}

function pathTest(values: readonly string[], matches: (path: string, wanted: string) => boolean): ReturnType<MakeTest> {
  const wanted = values[0] ?? '';
  if (!wanted.startsWith('/')) return err({ message: `\`${wanted}\` does not start with \`/\``, hint: `write \`/${wanted}\`` });
  return ok(({ path }) => ({ holds: matches(path, wanted), because: `the path is \`${inBrief(path)}\`` }));
}

function pathRegexp([text = '']: readonly string[]): ReturnType<MakeTest> {
  return patternTest(text, ({ path }) => [[path], `the path is \`${inBrief(path)}\``]);
}

function header([name = '', value = '']: readonly string[]): ReturnType<MakeTest> {
  return ok((request) => {
    const [values, because] = headerOf(request, name);
    return { holds: values.includes(value), because };
  });
}

function headerRegexp([name = '', text = '']: readonly string[]): ReturnType<MakeTest> {
  return patternTest(text, (request) => headerOf(request, name));
}

/** A header's values. Go takes `Host` out of the headers, so that no matcher of headers ever sees it. */
export function headerOf({ headers }: SeenRequest, name: string): Compared {
  const lower = name.toLowerCase();
  if (lower === 'host') return [[], 'Go keeps `Host` apart from the headers: use the matcher `Host`'];
  const values = headers.get(lower) ?? [];
  return [values, `the header \`${name}\` is ${listed(values, 'absent')}`];
}

function query([key = '', value = '']: readonly string[]): ReturnType<MakeTest> {
  return ok((request) => {
    const [values, because] = queryOf(request, key);
    return { holds: values.includes(value), because };
  });
}

/** Without an expression it is `Query`: the key is there, with no value. */
function queryRegexp(values: readonly string[]): ReturnType<MakeTest> {
  const [key = '', text] = values;
  return text === undefined ? query(values) : patternTest(text, (request) => queryOf(request, key));
}

function queryOf(request: SeenRequest, key: string): Compared {
  const values = queryValues(request.query, key);
  return [values, `the parameter \`${key}\` is ${listed(values, 'absent')}`];
}

/** Texts that are compared, and the sentence about them. */
type Compared = readonly [texts: readonly string[], because: string];

function patternTest(
  text: string,
  read: (request: SeenRequest) => Compared,
): Result<(request: SeenRequest) => ReturnType<typeof findPattern>, MatcherFault> {
  const pattern = patternOf(text);
  return pattern.ok ? ok((request) => findPattern([pattern.value], ...read(request))) : pattern;
}
