import { didYouMeanHint } from '../../kernel/did-you-mean.js';
import { inBrief } from '../../kernel/in-brief.js';
import { isJsonObject, type Json } from '../../kernel/json.js';
import { describeJson } from './describe-json.js';
import { ObjectReader } from './object-reader.js';

/** Fields of an object of a CRD and what its schema asks of each; other fields are none of the object. */
export interface Shape {
  readonly [field: string]: Part;
}

/** What the schema of a CRD asks of a field. */
export type Part =
  | { readonly is: 'anything'; readonly needed?: true }
  | { readonly is: 'text'; readonly needed?: true; readonly least: number; readonly most: number; readonly form?: TextForm }
  | { readonly is: 'number'; readonly least: number }
  | { readonly is: 'object'; readonly shape: Shape }
  | { readonly is: 'map'; readonly most: number }
  | ListPart;

/** `maxItems`, `minItems`, and by what its elements are told apart: `itself` (`x-kubernetes-list-type: set`), or a field (`x-kubernetes-list-map-keys`). */
export interface ListPart {
  readonly is: 'list';
  readonly needed?: true;
  readonly least: number;
  readonly most: number;
  readonly of: Shape | Part;
  readonly key?: string;
}

/** A `pattern`, and what a text of it is called. */
export interface TextForm {
  readonly pattern: RegExp;
  readonly words: string;
}

/** A key that stands for the element itself. */
const ITSELF = 'itself';

/**
 * Reports what the schema of a CRD refuses of an object, and which fields it does not have. What was reported at a place before is not told again. Of a list that is too long
 * only as much is looked at as it may hold.
 */
export function checkShape(reader: ObjectReader, shape: Shape): void {
  for (const field of reader.fields())
    if (!Object.hasOwn(shape, field))
      reader.warn(
        'unknown-field',
        field,
        `\`${inBrief(field)}\` is no field here and is ignored`,
        didYouMeanHint(field, Object.keys(shape)),
      );
  for (const [field, part] of Object.entries(shape)) checkPart(reader, field, part, reader.raw(field));
}

function checkPart(reader: ObjectReader, field: string, part: Part, value: Json | undefined): void {
  if (value === undefined) {
    if ('needed' in part && part.needed) complain(reader, field, 'missing-field', `\`${lastName(field)}\` has to be given`);
    return;
  }
  switch (part.is) {
    case 'anything':
      return;
    case 'text':
      return checkText(reader, field, part, value);
    case 'number':
      if (typeof value === 'number' && value < part.least)
        complain(reader, field, 'out-of-range', `\`${value}\` is less than ${part.least}`);
      return;
    case 'object':
      if (isJsonObject(value)) checkShape(readerAt(reader, field, value), part.shape);
      else wrongType(reader, field, 'an object', value);
      return;
    case 'map':
      if (!isJsonObject(value)) wrongType(reader, field, 'a map of texts', value);
      else if (Object.keys(value).length > part.most) tooMany(reader, field, Object.keys(value).length, part.most);
      return;
    case 'list':
      if (Array.isArray(value)) checkList(reader, field, part, value);
      else wrongType(reader, field, 'a list', value);
      return;
    default:
      part satisfies never;
  }
}

function checkText(reader: ObjectReader, field: string, part: Extract<Part, { is: 'text' }>, value: Json): void {
  const name = lastName(field);
  if (typeof value !== 'string') return wrongType(reader, field, 'text', value);
  if (value.length < part.least) return complain(reader, field, 'missing-field', `\`${name}\` must not be empty`);
  const length = lengthOf(value, part.most);
  if (length > part.most) return complain(reader, field, 'out-of-range', `${length} characters, and at most ${part.most} are allowed`);
  if (part.form && !part.form.pattern.test(value))
    complain(reader, field, 'invalid-value', `\`${inBrief(value)}\` is no ${part.form.words}`);
}

/** Characters as the API server counts them: one beyond U+FFFF is one (`utf8.RuneCountInString` of k8s.io/kube-openapi/pkg/validation/validate). Of a text that is too long by far it does not matter. */
function lengthOf(text: string, most: number): number {
  return text.length > most && text.length <= 2 * most ? Array.from(text).length : text.length;
}

function checkList(reader: ObjectReader, field: string, { least, most, of, key }: ListPart, list: readonly Json[]): void {
  if (list.length < least) complain(reader, field, 'missing-field', `\`${lastName(field)}\` needs at least one entry`);
  if (list.length > most) tooMany(reader, field, list.length, most);
  const seen = new Set<Json | undefined>();
  for (const [index, element] of list.slice(0, most).entries()) {
    const place = `${field}/${index}`;
    if (isPart(of)) checkPart(reader, place, of, element);
    else if (isJsonObject(element)) checkShape(readerAt(reader, place, element), of);
    else wrongType(reader, place, 'an object', element);
    if (key === undefined) continue;
    const own = key === ITSELF ? element : isJsonObject(element) ? element[key] : undefined;
    if (own !== undefined && seen.has(own)) {
      const at = key === ITSELF ? place : `${place}/${key}`;
      complain(
        reader,
        at,
        'duplicate',
        `${inBrief(JSON.stringify(own))} is there twice: the entries of \`${lastName(field)}\` are told apart by it`,
      );
    }
    seen.add(own);
  }
}

function isPart(of: Shape | Part): of is Part {
  return typeof of['is'] === 'string';
}

function readerAt(reader: ObjectReader, place: string, value: { readonly [key: string]: Json | undefined }): ObjectReader {
  return new ObjectReader(value, reader.findings, reader, place);
}

function tooMany(reader: ObjectReader, field: string, count: number, most: number): void {
  complain(reader, field, 'out-of-range', `${count} entries, and at most ${most} are allowed`);
}

function wrongType(reader: ObjectReader, field: string, expected: string, value: Json): void {
  complain(reader, field, 'wrong-type', `expected ${expected}, found ${describeJson(value)}`);
}

/** `field` may lead on: `hostnames/3`. */
function complain(reader: ObjectReader, field: string, code: string, message: string): void {
  const pointer = `${reader.pointer}/${field}`;
  if (!reader.findings.isFaulty(pointer)) reader.findings.report('error', code, pointer, message);
}

function lastName(field: string): string {
  return field.split('/').find((part) => !/^\d+$/.test(part)) ?? field;
}
