import { didYouMeanHint } from '../../kernel/did-you-mean.js';
import { isJsonObject, type Json, type JsonObject } from '../../kernel/json.js';
import { type Cidr, parseCidr } from '../../net/cidr.js';
import { type Ip, parseIp } from '../../net/ip.js';
import type { Labels } from '../resource.js';
import { describeJson } from './describe-json.js';
import type { Findings } from './findings.js';

const NO_LABELS: Labels = {};

/** A JSON pointer's token. */
function token(field: string): string {
  return field.replaceAll('~', '~0').replaceAll('/', '~1');
}

/**
 * Reads one JSON object field by field. A missing or null field is undefined; a field of the wrong type is undefined too and is reported with
 * its pointer and what was expected. Nothing throws, whatever the value is. Pointers are built only when somebody asks for one.
 */
export class ObjectReader {
  constructor(
    private readonly value: JsonObject,
    readonly findings: Findings,
    private readonly parent?: ObjectReader,
    private readonly path = '',
  ) {}

  /** JSON pointer of this object in its document. */
  get pointer(): string {
    return this.parent ? `${this.parent.pointer}/${this.path}` : '';
  }

  /** JSON pointer of a field of this object. */
  at(field: string): string {
    return `${this.pointer}/${token(field)}`;
  }

  /** The names of the fields that are set. */
  fields(): readonly string[] {
    return Object.keys(this.value).filter((field) => this.has(field));
  }

  /** The field's value, whatever its type; undefined when missing or null. */
  raw(field: string): Json | undefined {
    return Object.hasOwn(this.value, field) ? (this.value[field] ?? undefined) : undefined;
  }

  /** Whether the field is set to something other than null. */
  has(field: string): boolean {
    return this.raw(field) !== undefined;
  }

  /** Reports an error at a field of this object: it is left out, or fails closed. */
  error(code: string, field: string, message: string, hint?: string): void {
    this.findings.report('error', code, this.at(field), message, hint);
  }

  /** Reports an error at an element of a list of this object. */
  elementError(code: string, field: string, index: number, message: string): void {
    this.findings.report('error', code, `${this.at(field)}/${index}`, message);
  }

  /** Reports something worth knowing at a field of this object. */
  warn(code: string, field: string, message: string, hint?: string): void {
    this.findings.report('warning', code, this.at(field), message, hint);
  }

  /** Notes that the API's defaults filled the field in, and returns the default. */
  default<T>(field: string, value: T): T {
    this.findings.defaulted.push(this.at(field));
    return value;
  }

  /** Warns of every field that is not among `known`, with the nearest known name. */
  expectOnly(known: ReadonlySet<string>): void {
    for (const field of Object.keys(this.value)) {
      if (known.has(field)) continue;
      this.warn('unknown-field', field, `\`${field}\` is no field here and is ignored`, didYouMeanHint(field, known));
    }
  }

  /** Text. */
  text(field: string): string | undefined {
    const value = this.raw(field);
    if (value === undefined || typeof value === 'string') return value;
    const hint = typeof value === 'object' ? undefined : `write it in quotes: "${value.toString()}"`;
    return this.wrongType(field, 'text', value, hint);
  }

  /** Text that is not empty; the empty text counts as missing, as the API server sees it. */
  filledText(field: string): string | undefined {
    return this.text(field) || undefined;
  }

  /** True or false. */
  boolean(field: string): boolean | undefined {
    const value = this.raw(field);
    return value === undefined || typeof value === 'boolean' ? value : this.wrongType(field, 'true or false', value);
  }

  /** A whole number of a range. */
  integer(field: string, first: number, last: number): number | undefined {
    const value = this.raw(field);
    if (value === undefined) return undefined;
    if (typeof value !== 'number' || !Number.isInteger(value)) return this.wrongType(field, `a whole number ${first}…${last}`, value);
    if (value >= first && value <= last) return value;
    this.error('out-of-range', field, `\`${value}\` is outside ${first}…${last}`);
    return undefined;
  }

  /** One of a closed list of texts; anything else is an error with the nearest right one. */
  oneOf<T extends string>(field: string, allowed: readonly T[]): T | undefined {
    const value = this.filledText(field);
    if (value === undefined) return undefined;
    const found = allowed.find((one) => one === value);
    if (found === undefined) {
      this.error('invalid-value', field, `\`${value}\` is none of ${allowed.join(', ')}`, didYouMeanHint(value, allowed));
    }
    return found;
  }

  /** An object. */
  object(field: string): ObjectReader | undefined {
    const value = this.raw(field);
    if (value === undefined) return undefined;
    return isJsonObject(value) ? new ObjectReader(value, this.findings, this, token(field)) : this.wrongType(field, 'an object', value);
  }

  /** Stands for a missing object, so that its defaults can be filled in. */
  empty(field: string): ObjectReader {
    return new ObjectReader({}, this.findings, this, token(field));
  }

  /** The elements of a list of objects; elements of another type are reported and left out. */
  objects(field: string): readonly ObjectReader[] {
    const readers: ObjectReader[] = [];
    for (const [index, element] of this.list(field).entries()) {
      const path = `${token(field)}/${index}`;
      if (isJsonObject(element)) readers.push(new ObjectReader(element, this.findings, this, path));
      else this.wrongElement(field, index, 'an object', element);
    }
    return readers;
  }

  /** The elements of a list of texts; elements of another type are reported and left out. */
  texts(field: string): readonly string[] {
    const list = this.list(field);
    if (list.every((element) => typeof element === 'string')) return list;
    const texts: string[] = [];
    for (const [index, element] of list.entries()) {
      if (typeof element === 'string') texts.push(element);
      else this.wrongElement(field, index, 'text', element);
    }
    return texts;
  }

  /** A map of texts. Numbers and booleans, which the API server would refuse, are taken as text with a warning; null is the empty text. */
  labels(field: string): Labels {
    const value = this.raw(field);
    if (value === undefined) return NO_LABELS;
    if (!isJsonObject(value)) return this.wrongType(field, 'a map of texts', value) ?? NO_LABELS;
    const entries = Object.entries(value);
    if (isLabels(value)) return value;
    // fromEntries defines properties, so a key like `__proto__` is an ordinary one.
    return Object.fromEntries(entries.flatMap(([key, text]) => this.labelEntry(field, key, text)));
  }

  /** An address. */
  ip(field: string): Ip | undefined {
    const value = this.filledText(field);
    return value === undefined ? undefined : this.parsed(field, value, parseIp(value), 'an IP address');
  }

  /** A prefix. */
  cidr(field: string): Cidr | undefined {
    const value = this.filledText(field);
    return value === undefined ? undefined : this.parsed(field, value, parseCidr(value), 'a CIDR such as `10.0.0.0/8`');
  }

  /** A list of addresses; what is none is reported and left out. */
  ips(field: string): readonly Ip[] {
    return this.parsedTexts(field, parseIp, 'an IP address');
  }

  /** A list of prefixes; what is none is reported and left out. */
  cidrs(field: string): readonly Cidr[] {
    return this.parsedTexts(field, parseCidr, 'a CIDR such as `10.0.0.0/8`');
  }

  private parsedTexts<T>(field: string, parse: (text: string) => T | undefined, expected: string): readonly T[] {
    return this.texts(field).flatMap((text, index) => {
      const value = this.parsed(`${field}/${index}`, text, parse(text.trim()), expected);
      return value === undefined ? [] : [value];
    });
  }

  private parsed<T>(path: string, text: string, value: T | undefined, expected: string): T | undefined {
    if (value === undefined) {
      this.findings.report('error', 'invalid-value', `${this.pointer}/${path}`, `\`${text}\` is not ${expected}`);
    }
    return value;
  }

  private labelEntry(field: string, key: string, text: Json | undefined): readonly (readonly [string, string])[] {
    if (typeof text === 'string') return [[key, text]];
    if (text === null || text === undefined) return [[key, '']];
    const pointer = `${this.at(field)}/${token(key)}`;
    if (typeof text === 'object') {
      this.findings.report('error', 'wrong-type', pointer, `expected text, found ${describeJson(text)}`);
      return [];
    }
    this.findings.report('warning', 'wrong-type', pointer, `expected text, found ${describeJson(text)}; taken as text`, `write "${text}"`);
    return [[key, String(text)]];
  }

  private list(field: string): readonly Json[] {
    const value = this.raw(field);
    if (value === undefined) return [];
    return Array.isArray(value) ? value : (this.wrongType(field, 'a list', value) ?? []);
  }

  private wrongType(field: string, expected: string, value: Json, hint?: string): undefined {
    this.error('wrong-type', field, `expected ${expected}, found ${describeJson(value)}`, hint);
    return undefined;
  }

  private wrongElement(field: string, index: number, expected: string, value: Json): void {
    const pointer = `${this.at(field)}/${index}`;
    this.findings.report('error', 'wrong-type', pointer, `expected ${expected}, found ${describeJson(value)}`);
  }
}

function isLabels(value: JsonObject): value is JsonObject & Labels {
  return Object.values(value).every((text) => typeof text === 'string');
}
