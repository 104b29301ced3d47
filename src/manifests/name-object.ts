import { createHash } from 'node:crypto';
import type { Diagnostic } from '../core/kernel/diagnostic.js';
import { isJsonObject, type Json, type JsonObject } from '../core/kernel/json.js';
import { childPointer } from './json-pointer.js';

/** The metadata of an object as it is stored, and what had to be said or done about it. */
export interface NamedMetadata {
  readonly metadata: JsonObject & { readonly name: string; readonly namespace?: string };
  readonly diagnostics: readonly Diagnostic[];
}

/** Letters of the suffix that the API server puts behind `generateName` (apiserver `pkg/storage/names/generate.go`). */
const SUFFIX_LETTERS = 'bcdfghjklmnpqrstvwxz2456789';
const MAX_NAME = 253;
const MAX_NAMESPACE = 63;

function fail(code: string, message: string, pointer: string, hint?: string): Diagnostic {
  return { severity: 'error', code, message, pointer, ...(hint === undefined ? {} : { hint }) };
}

/** The API server draws the suffix at random; here the same object has the same name in every import. */
function generatedName(prefix: string, object: JsonObject): string {
  const digest = createHash('sha256').update(JSON.stringify(object)).digest();
  const suffix = Array.from(digest.subarray(0, 5), (byte) => SUFFIX_LETTERS[byte % SUFFIX_LETTERS.length]).join('');
  return `${prefix.slice(0, MAX_NAME - suffix.length)}${suffix}`;
}

/** A name must be able to stand in a path (apimachinery `pkg/api/validation/path`). */
function isPathSegment(name: string): boolean {
  return name !== '.' && name !== '..' && !/[/%]/.test(name);
}

function nameOf(
  metadata: JsonObject,
  object: JsonObject,
): { readonly name: string; readonly diagnostics: readonly Diagnostic[] } | Diagnostic {
  const { name, generateName } = metadata;
  if (typeof name === 'number' || typeof name === 'boolean') {
    const message = `\`metadata.name\` is a ${typeof name}, taken as the text \`${name}\``;
    return {
      name: String(name),
      diagnostics: [{ severity: 'warning', code: 'name-not-text', message, pointer: '/metadata/name', hint: 'quote it' }],
    };
  }
  if (typeof name === 'string' && name !== '') {
    if (name.length <= MAX_NAME && isPathSegment(name)) return { name, diagnostics: [] };
    return fail('invalid-name', `\`metadata.name\` must be at most ${MAX_NAME} characters without \`/\` and \`%\``, '/metadata/name');
  }
  if (typeof generateName !== 'string' || generateName === '') return fail('no-name', 'the object has no `metadata.name`', '/metadata');
  const generated = generatedName(generateName, object);
  const message = `the object has \`generateName\` and no name; it is stored as \`${generated}\``;
  return { name: generated, diagnostics: [{ severity: 'warning', code: 'name-generated', message, pointer: '/metadata/generateName' }] };
}

function namespaceOf(
  value: Json | undefined,
): { readonly namespace: string | undefined; readonly diagnostics: readonly Diagnostic[] } | Diagnostic {
  const pointer = '/metadata/namespace';
  if (value === undefined || value === null || value === '') return { namespace: undefined, diagnostics: [] };
  if (typeof value === 'number' || typeof value === 'boolean') {
    const message = `\`metadata.namespace\` is a ${typeof value}, taken as the text \`${value}\``;
    return { namespace: String(value), diagnostics: [{ severity: 'warning', code: 'name-not-text', message, pointer, hint: 'quote it' }] };
  }
  const valid = typeof value === 'string' && value.length <= MAX_NAMESPACE && isPathSegment(value);
  if (!valid)
    return fail(
      'invalid-namespace',
      `\`metadata.namespace\` must be a text of at most ${MAX_NAMESPACE} characters without \`/\` and \`%\``,
      pointer,
    );
  if (/^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/.test(value)) return { namespace: value, diagnostics: [] };
  const message = `\`${value}\` is no valid name of a namespace; the object is kept in it`;
  return { namespace: value, diagnostics: [fail('invalid-namespace', message, pointer, 'lower-case letters, digits and `-`')] };
}

/** Labels and annotations are text: numbers and booleans are kept as text and reported, null is the empty text (as JSON decoding in Go has it). */
function textMembers(
  value: Json | undefined,
  pointer: string,
): { readonly value: Json | undefined; readonly diagnostics: readonly Diagnostic[] } {
  if (!isJsonObject(value) || Object.values(value).every((member) => typeof member === 'string')) return { value, diagnostics: [] };
  const diagnostics: Diagnostic[] = [];
  const entries = Object.entries(value).map(([key, member]): [string, Json | undefined] => {
    if (member === null) return [key, ''];
    if (typeof member !== 'number' && typeof member !== 'boolean') return [key, member];
    const message = `the value of \`${key}\` is a ${typeof member}, kept as the text \`${member}\``;
    diagnostics.push({ severity: 'warning', code: 'label-not-text', message, pointer: childPointer(pointer, key), hint: 'quote it' });
    return [key, String(member)];
  });
  return { value: Object.fromEntries(entries), diagnostics };
}

/** Checks what makes an object's identity and its labels. A diagnostic alone means that the object cannot be kept. */
export function nameObject(object: JsonObject, metadata: JsonObject): NamedMetadata | Diagnostic {
  const named = nameOf(metadata, object);
  if ('code' in named) return named;
  const placed = namespaceOf(metadata['namespace']);
  if ('code' in placed) return placed;
  const labels = textMembers(metadata['labels'], '/metadata/labels');
  const annotations = textMembers(metadata['annotations'], '/metadata/annotations');
  const { namespace: _, ...others } = metadata;
  return {
    metadata: {
      ...others,
      name: named.name,
      ...(placed.namespace === undefined ? {} : { namespace: placed.namespace }),
      ...(labels.value === undefined ? {} : { labels: labels.value }),
      ...(annotations.value === undefined ? {} : { annotations: annotations.value }),
    },
    diagnostics: [...named.diagnostics, ...placed.diagnostics, ...labels.diagnostics, ...annotations.diagnostics],
  };
}
