import { didYouMeanHint } from '../../kernel/did-you-mean.js';
import { parseProtocol, type Protocol, PROTOCOLS } from '../../net/protocol.js';
import type { ObjectReader } from './object-reader.js';

/**
 * Reads `protocol`: TCP when missing. Undefined when it is none of the three, which is reported. Another spelling than upper case, found in real
 * dumps, is understood with a warning.
 */
export function readProtocol(reader: ObjectReader): Protocol | undefined {
  const text = reader.filledText('protocol');
  if (text === undefined) return reader.has('protocol') && reader.raw('protocol') !== '' ? undefined : reader.default('protocol', 'TCP');
  const protocol = parseProtocol(text);
  if (protocol === undefined) {
    reader.error('invalid-value', 'protocol', `\`${text}\` is none of ${PROTOCOLS.join(', ')}`, didYouMeanHint(text, PROTOCOLS));
  } else if (protocol !== text) reader.warn('not-canonical', 'protocol', `\`${text}\` is written \`${protocol}\` in Kubernetes`);
  return protocol;
}
