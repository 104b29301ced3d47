import { parseIp } from '../../net/ip.js';
import { NO_HOST } from '../gateway-reference.js';
import type { ObjectReader } from './object-reader.js';

const LABEL = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

/** Whether a text is a hostname of the Gateway API: a name, or `*.` before one; no address (gateway-api `apis/v1/shared_types.go`, `Hostname`). */
function isHostname(text: string): boolean {
  const rest = text.startsWith('*.') ? text.slice(2) : text;
  return text.length <= 253 && parseIp(text) === undefined && rest.split('.').every((label) => label.length <= 63 && LABEL.test(label));
}

/** Checks one hostname, in a field or in a list; lower-case, undefined when it is none. Capitals are refused by the pattern of `Hostname`, and plain enough to be read. */
export function checkHostname(reader: ObjectReader, field: string, text: string, index?: number): string | undefined {
  const host = text.toLowerCase();
  const isOne = isHostname(host);
  if (isOne && host === text) return host;
  const message = isOne
    ? `\`${text}\` has capitals: write \`${host}\``
    : `\`${text}\` is no hostname; a wildcard is the whole first label, as in \`*.example.com\``;
  if (index === undefined) reader.error('invalid-value', field, message);
  else reader.elementError('invalid-value', field, index, message);
  return isOne ? host : undefined;
}

/** Reads the name of one host in a field (`PreciseHostname`): a wildcard is none. */
export function readPreciseHostname(reader: ObjectReader, field: string): string | undefined {
  const text = reader.filledText(field);
  if (text === undefined || !text.startsWith('*')) return text === undefined ? undefined : checkHostname(reader, field, text);
  reader.error('invalid-value', field, `\`${text}\` is no name of one host: a wildcard cannot stand here`);
  return undefined;
}

/** Reads a hostname field; one that cannot be read covers nothing, never everything. */
export function readHostnameField(reader: ObjectReader, field: string): string | undefined {
  const text = reader.filledText(field);
  if (text !== undefined) return checkHostname(reader, field, text) ?? NO_HOST;
  return reader.has(field) && reader.raw(field) !== '' ? NO_HOST : undefined;
}

/** Reads a list of hostnames, in which what cannot be read covers nothing: a list that is given never becomes the empty one, which covers everything. */
export function readHostnames(reader: ObjectReader, field: string): readonly string[] {
  const given = reader.raw(field);
  if (given === undefined || (Array.isArray(given) && given.length === 0)) return [];
  const names = reader.texts(field).map((text, index) => checkHostname(reader, field, text, index) ?? NO_HOST);
  return names.length === 0 ? [NO_HOST] : names;
}
