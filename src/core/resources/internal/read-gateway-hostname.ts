import { parseIp } from '../../net/ip.js';
import type { ObjectReader } from './object-reader.js';

const LABEL = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

/** Whether a text is a hostname of the Gateway API: a name, or `*.` before one; no address (gateway-api `apis/v1/shared_types.go`, `Hostname`). */
function isHostname(text: string): boolean {
  const rest = text.startsWith('*.') ? text.slice(2) : text;
  return text.length <= 253 && parseIp(text) === undefined && rest.split('.').every((label) => label.length <= 63 && LABEL.test(label));
}

/** Checks one hostname; lower-case, undefined when it is none. */
export function checkHostname(reader: ObjectReader, field: string, text: string): string | undefined {
  const host = text.toLowerCase();
  if (isHostname(host)) return host;
  reader.error('invalid-value', field, `\`${text}\` is no hostname; a wildcard is the whole first label, as in \`*.example.com\``);
  return undefined;
}
