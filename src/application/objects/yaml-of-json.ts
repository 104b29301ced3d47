import { isJsonObject, type Json, type JsonObject } from '../../core/kernel/json.js';

/** Text that every YAML reader takes for text without quotes: it starts with a letter and has no blank. */
const PLAIN = /^[A-Za-z_/][\w./@+=~-]*(?::[\w./@+=~-]+)*$/;
/** Words that YAML 1.1 or 1.2 takes for something else; some readers of 1.1 take an exponent without digits before it (`e0`) for a number. */
const WORDS = /^(?:y|n|yes|no|on|off|true|false|null|e[-+]?\d+)$/i;
/** Characters that JSON leaves as they are and YAML does not: DEL, C1 with NEL, line and paragraph separators, the byte order mark, non-characters. */
const NOT_PRINTABLE = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;
/** Lines that a literal block would change: with controls or lone surrogates, or of blanks only. */
const NOT_LITERAL = /[^\P{C}\n\t]|^[ \t]+$/mu;

/** One object as a YAML document in block style, as kubectl prints it. Reading it gives the same value, by YAML 1.1 and 1.2 alike. */
export function yamlOfJson(object: JsonObject): string {
  return Object.keys(object).length === 0 ? '{}\n' : mapping(object, '');
}

function mapping(object: JsonObject, indent: string): string {
  return Object.entries(object)
    .map(([name, value = null]) => `${indent}${scalar(name)}:${member(value, indent)}`)
    .join('');
}

/** What stands behind `name:`. Lists are not indented further than their name. */
function member(value: Json, indent: string): string {
  const deeper = `${indent}  `;
  if (isList(value) && value.length > 0) return `\n${sequence(value, indent)}`;
  if (isJsonObject(value) && Object.keys(value).length > 0) return `\n${mapping(value, deeper)}`;
  return ` ${leaf(value, deeper)}\n`;
}

function sequence(list: readonly Json[], indent: string): string {
  return list.map((value) => `${indent}- ${element(value, `${indent}  `)}`).join('');
}

/** What stands behind `- `: its first line begins there. */
function element(value: Json, indent: string): string {
  if (isList(value) && value.length > 0) return sequence(value, indent).slice(indent.length);
  if (isJsonObject(value) && Object.keys(value).length > 0) return mapping(value, indent).slice(indent.length);
  return `${leaf(value, indent)}\n`;
}

/** A value on one line, or a text of several lines in a literal block. */
function leaf(value: Json, indent: string): string {
  if (isList(value)) return '[]';
  if (isJsonObject(value)) return '{}';
  if (typeof value !== 'string') return JSON.stringify(value);
  return isLiteral(value) ? literal(value, indent) : scalar(value);
}

function scalar(text: string): string {
  if (PLAIN.test(text) && !WORDS.test(text)) return text;
  // A double-quoted JSON string is a double-quoted YAML string.
  return JSON.stringify(text).replace(NOT_PRINTABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function isLiteral(text: string): boolean {
  return /^[^\s#]/.test(text) && text.slice(0, -1).includes('\n') && !text.endsWith('\n\n') && !NOT_LITERAL.test(text);
}

function literal(text: string, indent: string): string {
  const lines = text.replace(/\n$/, '').split('\n');
  return [text.endsWith('\n') ? '|' : '|-', ...lines.map((line) => (line === '' ? '' : indent + line))].join('\n');
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
