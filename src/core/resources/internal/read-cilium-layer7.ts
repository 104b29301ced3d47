import { isBrokenRegex } from '../../regex/parse-regex.js';
import type { CiliumCondition } from '../cilium-policy.js';
import type { ObjectReader } from './object-reader.js';
import { readCiliumName } from './read-cilium-name.js';

const RULE_FIELDS: ReadonlySet<string> = new Set(['http', 'kafka', 'dns', 'l7proto', 'l7']);
const HTTP_FIELDS: ReadonlySet<string> = new Set(['method', 'path', 'host', 'headers', 'headerMatches']);
const HEADER_FIELDS: ReadonlySet<string> = new Set(['name', 'value', 'secret', 'mismatch']);
const SECRET_FIELDS: ReadonlySet<string> = new Set(['name', 'namespace']);
const MISMATCH_ACTIONS = ['LOG', 'ADD', 'DELETE', 'REPLACE'] as const;
const KAFKA_FIELDS: ReadonlySet<string> = new Set(['role', 'apiKey', 'apiVersion', 'clientID', 'topic']);

/** In words what `rules` of an element of `toPorts` asks for; empty: nothing. */
export interface Layer7 {
  readonly kind: CiliumCondition['kind'];
  /** Of the proxy; undefined: there is nothing to read. */
  readonly parser: string | undefined;
  readonly conditions: readonly CiliumCondition[];
}

/**
 * Reads `rules`, "a union of port level rule types": one of http, kafka, dns, or l7 with l7proto. "A layer 7 request is permitted if at least one of the rules
 * matches. If no rules are specified, then all traffic is permitted" (layer7.rst); so it is where one rule asks for nothing.
 */
export function readCiliumLayer7(rules: ObjectReader): Layer7 | undefined {
  rules.expectOnly(RULE_FIELDS);
  const present = ['http', 'kafka', 'dns', 'l7proto'].filter((field) => rules.has(field));
  if (present.length > 1)
    rules.error('ambiguous-rule', present[1] ?? '', `one kind of rules is allowed, these are ${present.join(' and ')}`);
  if (present.length === 0)
    rules.findings.report(
      'error',
      'missing-field',
      rules.pointer,
      '`rules` needs one of http, kafka, dns, l7proto',
      'leave `rules` out to ask for nothing',
    );
  const kind = present[0];
  const parserIn = (field: string) => (isFilled(rules.raw(field)) ? field : undefined);
  switch (kind) {
    case 'http':
      return { kind: 'HTTP', parser: parserIn('http'), conditions: httpConditions(rules) };
    case 'kafka':
      return {
        kind: 'KAFKA',
        parser: parserIn('kafka'),
        conditions: anyOf(rules, 'kafka', 'KAFKA', 'Kafka requests that match', kafkaRule),
      };
    case 'dns':
      return { kind: 'DNS', parser: parserIn('dns'), conditions: anyOf(rules, 'dns', 'DNS', 'DNS queries for', dnsRule) };
    case 'l7proto':
      return ownProtocol(rules);
    case undefined:
    default:
      return undefined;
  }
}

function isFilled(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0;
}

type Describe = (rule: ObjectReader) => string;

function anyOf(
  rules: ObjectReader,
  field: string,
  kind: CiliumCondition['kind'],
  lead: string,
  describe: Describe,
): readonly CiliumCondition[] {
  const texts = rules.objects(field).map(describe);
  if (texts.length === 0 || texts.includes('')) return [];
  return [{ pointer: rules.at(field), kind, text: `${lead} ${texts.map((text) => `\`${text}\``).join(' or ')}` }];
}

function httpConditions(rules: ObjectReader): readonly CiliumCondition[] {
  const asked: (string | undefined)[] = [];
  const conditions = anyOf(rules, 'http', 'HTTP', 'HTTP requests that match', (rule) => {
    const { text, path } = httpRule(rule);
    asked.push(path);
    return text;
  });
  const paths = asked.flatMap((path) => path ?? []);
  return paths.length === asked.length ? conditions.map((condition) => ({ ...condition, paths })) : conditions;
}

/** `GET /public, host example\.com, header X-My-Header: true`. */
function httpRule(rule: ObjectReader): { readonly text: string; readonly path: string | undefined } {
  rule.expectOnly(HTTP_FIELDS);
  const [method, path] = [readExpression(rule, 'method'), readExpression(rule, 'path')];
  const host = rule.filledText('host');
  const request = [method, path].filter((part) => part !== undefined).join(' ');
  const headers = [...rule.texts('headers'), ...rule.objects('headerMatches').flatMap(headerMatch)].map((header) => `header ${header}`);
  const text = [request, host === undefined ? '' : `host ${host}`, ...headers].filter((part) => part !== '').join(', ');
  return { text, path };
}

/** "It ensures that the path and method fields are valid regular expressions" (cilium/cilium `pkg/policy/api/http.go`, `Sanitize`); those of hosts are not looked at. */
function readExpression(rule: ObjectReader, field: 'method' | 'path'): string | undefined {
  const text = rule.filledText(field);
  if (text !== undefined && isBrokenRegex(text)) rule.error('invalid-value', field, `\`${text}\` is no regular expression`);
  return text;
}

/**
 * `X-Token: 1`, or the name alone where "only presence of the header is enough". With a `mismatch` "the overall rule is still considered as matching", whatever
 * the header says: nothing is asked of the request then (`http.go`, HeaderMatch).
 */
function headerMatch(header: ObjectReader): readonly string[] {
  header.expectOnly(HEADER_FIELDS);
  const [name, value, secret] = [header.filledText('name'), header.filledText('value'), header.object('secret')];
  if (name === undefined) header.error('missing-field', 'name', 'a header match needs the name of the header');
  secret?.expectOnly(SECRET_FIELDS);
  const source = secret?.filledText('name');
  if (secret && source === undefined) secret.error('missing-field', 'name', 'a secret needs its name');
  if (header.filledText('mismatch') !== undefined && header.oneOf('mismatch', MISMATCH_ACTIONS) !== undefined) return [];
  const wanted = source === undefined ? value : `the value of Secret ${source}`;
  return [wanted === undefined ? (name ?? '') : `${name ?? ''}: ${wanted}`];
}

/** cilium/proxy `pkg/policy/api/kafka/kafka.go`, `Sanitize`. */
function kafkaRule(rule: ObjectReader): string {
  rule.expectOnly(KAFKA_FIELDS);
  if (rule.has('role') && rule.has('apiKey')) rule.error('ambiguous-rule', 'apiKey', 'a Kafka rule has a role or an apiKey, not both');
  rule.oneOf('role', ['produce', 'consume']);
  const [version, topic] = [rule.filledText('apiVersion') ?? '0', rule.filledText('topic') ?? 'x'];
  if (!/^\d{1,5}$/.test(version) || Number(version) > 32767)
    rule.error('out-of-range', 'apiVersion', 'an apiVersion is a number 0…32767, as text');
  if (!/^[a-zA-Z0-9._-]{1,255}$/.test(topic))
    rule.error('invalid-value', 'topic', 'a topic has up to 255 letters, digits, `.`, `_` and `-`');
  return [...KAFKA_FIELDS]
    .flatMap((field) => (rule.filledText(field) === undefined ? [] : `${field} ${rule.filledText(field)}`))
    .join(', ');
}

function dnsRule(rule: ObjectReader): string {
  const name = readCiliumName(rule);
  return name === undefined || name === '*' ? '' : name;
}

function ownProtocol(rules: ObjectReader): Layer7 {
  const protocol = rules.filledText('l7proto') ?? '';
  const asks = rules.objects('l7').some((rule) => rule.fields().length > 0);
  const text = `requests that the proxy's parser \`${protocol}\` admits`;
  return { kind: 'L7', parser: protocol || undefined, conditions: asks ? [{ pointer: rules.at('l7'), kind: 'L7', text }] : [] };
}
