import type { Header } from '../../core/ingress/route-request.js';
import { err, ok, type Result } from '../../core/kernel/result.js';

/** Envoy takes a hundred headers with 60 KiB, nginx four times 8 KiB, Go 1 MiB: what is longer no backend ever sees. */
const MOST_HEADERS = 200;
const MOST_CHARACTERS = 65_536;

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Reads headers from lines `name: value`, or from one JSON text `{"name": "value"}` whose values may be lists. The error says which one is wrong. */
export function parseHeaders(texts: readonly string[]): Result<readonly Header[], string> {
  const length = texts.reduce((sum, text) => sum + text.length, 0);
  if (length > MOST_CHARACTERS) return err(`a request has at most ${MOST_CHARACTERS} characters of headers, not ${length}`);
  const headers: Header[] = [];
  for (const text of texts.flatMap((item) => (item.trimStart().startsWith('{') ? [item] : item.split(/\r?\n/)))) {
    if (text.trim() === '') continue;
    const read = text.trimStart().startsWith('{') ? fromJson(text) : fromLine(text);
    if (!read.ok) return read;
    headers.push(...read.value);
    if (headers.length > MOST_HEADERS) return err(`a request has at most ${MOST_HEADERS} headers`);
  }
  const wrong = headers.find(([name]) => !NAME.test(name));
  return wrong ? err(`\`${wrong[0]}\` is no header name`) : ok(headers);
}

function fromLine(line: string): Result<readonly Header[], string> {
  const colon = line.indexOf(':');
  if (colon < 0) return err(`\`${line}\` is no header: write \`name: value\``);
  return ok([[line.slice(0, colon).trim(), line.slice(colon + 1).trim()]]);
}

function fromJson(text: string): Result<readonly Header[], string> {
  const shape = 'headers as JSON are an object of names and values, `{"x-user": "ann"}`';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return err(`\`${text}\` is no JSON; ${shape}`);
  }
  if (typeof value !== 'object' || value === null) return err(shape);
  const headers: Header[] = [];
  for (const [name, given] of Object.entries(value)) {
    for (const item of Array.isArray(given) ? (given as readonly unknown[]) : [given as unknown]) {
      if (typeof item !== 'string') return err(`the value of header \`${name}\` must be text; ${shape}`);
      headers.push([name, item]);
    }
  }
  return ok(headers);
}
