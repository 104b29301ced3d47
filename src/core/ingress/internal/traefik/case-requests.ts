import { compileRegex } from '../../../regex/compile-regex.js';
import { uncoveredText } from '../../../regex/uncovered-text.js';
import type { RuleCall } from '../../../traefik-rule/rule-node.js';
import type { RouteRequest } from '../../route-request.js';
import { isPlainPath, PATH_CHARACTERS, plainRequest, witnessHost, witnessPaths } from '../lint/witness-requests.js';
import type { RuleCase } from './rule-cases.js';

const HOST_CHARACTERS = 'abcdefghijklmnopqrstuvwxyz0123456789-.';
const isHost = (text: string) => /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(text) && !text.includes('..');
const isValue = (text: string) => /^[\x21-\x7e]+$/.test(text);
const ANY: RuleCall = { kind: 'call', name: 'PathPrefix', values: ['/'], from: 0, to: 0 };

/** Requests for which the matchers of a case hold, as far as one can be made of them; whether they fail others has to be tried. None where one asks for what no request tells. */
export function* caseRequests({ holding }: RuleCase, isTaken: (host: string) => boolean): Iterable<RouteRequest> {
  const of = (...names: string[]) => holding.filter(({ name }) => names.includes(name));
  if (of('ClientIP').length > 0) return;
  const host = hostOf(of('Host', 'HostRegexp'), isTaken);
  const [path] = [...of('Path'), ...of('PathRegexp'), ...of('PathPrefix').sort((a, b) => lengthOf(b) - lengthOf(a)), ANY];
  const headers = pairsOf(of('Header', 'HeaderRegexp'));
  const query = pairsOf(of('Query', 'QueryRegexp'));
  if (host === undefined || !path || !headers || !query) return;
  const [method] = of('Method');
  const more = {
    method: method?.values[0]?.toUpperCase() ?? 'GET',
    headers,
    query: query.length === 0 ? undefined : query.map((pair) => pair.map(encodeURIComponent).join('=')).join('&'),
  };
  for (const one of pathsOf(path)) for (const scheme of ['http', 'https'] as const) yield { ...plainRequest(scheme, host, one), ...more };
}

const lengthOf = ({ values: [value = ''] }: RuleCall) => value.length;

function hostOf([call]: readonly RuleCall[], isTaken: (host: string) => boolean): string | undefined {
  const [value] = call?.values ?? [];
  if (call?.name === 'HostRegexp') return textFor(value ?? '', HOST_CHARACTERS, isHost);
  return witnessHost(value === '*' ? undefined : value?.toLowerCase(), isTaken);
}

function pathsOf({ name, values: [value = ''] }: RuleCall): Iterable<string> {
  if (name !== 'PathRegexp') return witnessPaths(value, name === 'Path');
  const text = textFor(value, PATH_CHARACTERS, isPlainPath);
  return text === undefined ? [] : [text];
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
