import { isUtf8 } from 'node:buffer';
import { err, ok, type Result } from '../core/kernel/result.js';
import type { ManifestLimits } from './manifest-limits.js';
import type { ParsedValue, ParseFailure } from './parsed-value.js';
import { readJson } from './read-json.js';
import { readYaml } from './read-yaml.js';

const BYTE_ORDER_MARK = '\uFEFF';
/** `---` alone on its line, before a document that may be JSON. */
const SEPARATOR = /^---[ \t]*\r?\n\s*(?=[[{])/;

/** Decodes the bytes of one document. */
export function decodeText(bytes: Buffer, line: number): Result<string, ParseFailure> {
  if (!isUtf8(bytes)) return err({ code: 'syntax-error', message: 'the text is not UTF-8', line });
  const text = bytes.toString('utf8');
  return ok(text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text);
}

/** Reads a text that should be one JSON value. What JSON.parse refuses may still be YAML in flow style (KYAML, trailing commas). */
export function readJsonText(text: string, line: number, limits: ManifestLimits): Result<readonly ParsedValue[], ParseFailure> {
  const json = readJson(text, line);
  return json ? ok([json]) : readYaml(text, line, limits);
}

/** Reads the text of one YAML document; where it is JSON, as JSON, which is far faster. */
export function readYamlText(text: string, line: number, limits: ManifestLimits): Result<readonly ParsedValue[], ParseFailure> {
  const separator = SEPARATOR.exec(text)?.[0] ?? '';
  const body = text.slice(separator.length);
  if (!/^\s*[[{]\s*["{[\]}]/.test(body)) return readYaml(text, line, limits);
  const json = body.length > 0 ? readJson(body, line + separator.split('\n').length - 1) : undefined;
  return json ? ok([json]) : readYaml(text, line, limits);
}
