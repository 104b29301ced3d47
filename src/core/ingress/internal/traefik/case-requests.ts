import { compileRegex } from '../../../regex/compile-regex.js';
import { uncoveredText } from '../../../regex/uncovered-text.js';
import { type Ip, parseIp } from '../../../net/ip.js';
import type { RuleCall } from '../../../traefik-rule/rule-node.js';
import type { RouteRequest } from '../../route-request.js';
import { PATH_CHARACTERS, plainRequest, witnessHost, witnessPaths } from '../lint/witness-requests.js';
import { asksForPathLeft, pathLeft } from './path-left.js';
import type { RuleCase } from './rule-cases.js';

const HOST_CHARACTERS = 'abcdefghijklmnopqrstuvwxyz0123456789-.';
const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH'];
const isHost = (text: string) => /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(text) && !text.includes('..');
const isValue = (text: string) => /^[\x21-\x7e]+$/.test(text);

/** Requests for which the matchers of a case hold, as far as one can be made of them; whether they fail others has to be tried. */
export function* caseRequests(known: RuleCase, isTaken: (host: string) => boolean): Iterable<RouteRequest> {
  const of = (...names: string[]) => known.holding.filter(({ name }) => names.includes(name));
  const host = hostOf(of('Host', 'HostRegexp'), isTaken);
  const headers = pairsOf(of('Header', 'HeaderRegexp'));
  const query = pairsOf(of('Query', 'QueryRegexp'));
  if (host === undefined || !headers || !query) return;
  const more = {
    method: methodOf(known),
    headers,
    query: query.length === 0 ? undefined : query.map((pair) => pair.map(encodeURIComponent).join('=')).join('&'),
  };
  const from = addressesOf(known);
  for (const one of pathsOf(known))
    for (const scheme of ['http', 'https'] as const)
      for (const clientAddress of from) yield { ...plainRequest(scheme, host, one), ...more, clientAddress };
}

/** The name in the hello of a connection for which the matchers of a case hold; undefined: none can be made. */
export function nameFor({ holding }: RuleCase, isTaken: (host: string) => boolean): string | undefined {
  return hostOf(
    holding.filter(({ name, values: [value] }) => name === 'HostSNIRegexp' || (name === 'HostSNI' && value !== '*')),
    isTaken,
  );
}

/** Where clients of a case come from: the narrowest prefix that is asked for; else it does not matter, or a place that nobody asks for (RFC 5737). */
export function addressesOf({ holding }: RuleCase): readonly (Ip | undefined)[] {
  const lengthOf = (text: string) => Number(text.split('/')[1] ?? 128);
  const [text] = holding
    .flatMap(({ name, values: [value = ''] }) => (name === 'ClientIP' ? value : []))
    .sort((a, b) => lengthOf(b) - lengthOf(a));
  return text === undefined ? [undefined, parseIp('192.0.2.1')] : [parseIp(text.replace(/\/.*/, ''))];
}

function methodOf({ holding, failing }: RuleCase): string {
  const named = (calls: readonly RuleCall[]) =>
    calls.flatMap(({ name, values: [value = ''] }) => (name === 'Method' ? value.toUpperCase() : []));
  const [asked] = named(holding);
  const refused = named(failing);
  return asked ?? METHODS.find((one) => !refused.includes(one)) ?? 'PORTOLAN';
}

function hostOf([call]: readonly RuleCall[], isTaken: (host: string) => boolean): string | undefined {
  const [value] = call?.values ?? [];
  if (call?.name.endsWith('Regexp')) return textFor(value ?? '', HOST_CHARACTERS, isHost);
  return witnessHost(value === '*' ? undefined : value?.toLowerCase().replace(/^\*\*\./, '*.'), isTaken);
}

/** What others leave over, then the plainest. */
function* pathsOf(known: RuleCase): Iterable<string> {
  const calls = (wanted: string) => known.holding.flatMap(({ name, values: [value = ''] }) => (name === wanted ? value : []));
  const [exact] = calls('Path');
  const isPattern = exact === undefined && calls('PathRegexp').length > 0;
  const left = isPattern || asksForPathLeft(known) ? pathLeft(known) : undefined;
  if (left?.found === 'text') yield left.text;
  const [prefix = '/'] = calls('PathPrefix').sort((a, b) => b.length - a.length);
  if (!isPattern) yield* witnessPaths(exact ?? prefix, exact !== undefined);
}

function pairsOf(calls: readonly RuleCall[]): readonly (readonly [string, string])[] | undefined {
  const pairs: (readonly [string, string])[] = [];
  for (const { name, values } of calls) {
    const [key = '', value = ''] = values;
    const text = name.endsWith('Regexp') ? textFor(value, PATH_CHARACTERS, isValue) : value;
    if (text === undefined) return undefined;
    pairs.push([key, text]);
  }
  return pairs;
}

/** A text in which an expression is found. */
function textFor(expression: string, preferred: string, admits: (text: string) => boolean): string | undefined {
  const program = compileRegex(expression);
  const found = program.ok ? uncoveredText(program.value, [], { preferred, admits }) : undefined;
  return found?.found === 'text' ? found.text : undefined;
}
