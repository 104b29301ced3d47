import { didYouMeanHint } from '../../kernel/did-you-mean.js';
import { IP_PROTOCOLS } from '../../net/ip-protocol.js';
import type { ObjectReader } from './object-reader.js';

const NAMES = Object.keys(IP_PROTOCOLS);
const NUMBERS: ReadonlyMap<string, number> = new Map(Object.entries(IP_PROTOCOLS));
const EXPECTED = `${NAMES.join(', ')}, or a number 1…255`;

/** Reads an IP protocol by name or number (projectcalico/calico `numorstring.Protocol`); one that is neither is an error. Undefined also when missing. */
export function readIpProtocol(reader: ObjectReader, field: string): number | undefined {
  const raw = reader.raw(field);
  if (raw === undefined) return undefined;
  if (typeof raw === 'number' || (typeof raw === 'string' && /^\d+$/.test(raw))) {
    const number = Number(raw);
    if (Number.isInteger(number) && number >= 1 && number <= 255) return number;
    reader.error('out-of-range', field, `\`${raw}\` is no IP protocol: ${EXPECTED}`);
    return undefined;
  }
  const text = reader.text(field);
  const number = text === undefined ? undefined : NUMBERS.get(text);
  if (text !== undefined && number === undefined) {
    reader.error('invalid-value', field, `\`${text}\` is no IP protocol: ${EXPECTED}`, didYouMeanHint(text, NAMES));
  }
  return number;
}
