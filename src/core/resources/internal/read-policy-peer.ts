import { type Cidr, cidrCovers, formatCidr, parseCidr } from '../../net/cidr.js';
import type { PolicyPeer } from '../network-policy.js';
import type { ObjectReader } from './object-reader.js';
import { readLabelSelector } from './read-label-selector.js';

const FIELDS: ReadonlySet<string> = new Set(['ipBlock', 'namespaceSelector', 'podSelector']);
const BLOCK_FIELDS: ReadonlySet<string> = new Set(['cidr', 'except']);

/**
 * Reads one NetworkPolicyPeer. What the API server refuses (kubernetes `pkg/apis/networking/validation`, `ValidateNetworkPolicyPeer`) is
 * reported as an error and becomes a peer that matches nothing.
 */
export function readPolicyPeer(reader: ObjectReader): PolicyPeer {
  reader.expectOnly(FIELDS);
  const present = [...FIELDS].filter((field) => reader.has(field));
  if (present.length === 0) return invalid(reader, 'empty-peer', 'a peer needs an ipBlock, a namespaceSelector or a podSelector');
  if (!reader.has('ipBlock')) return readPodPeer(reader);
  if (present.length > 1) return invalid(reader, 'ambiguous-peer', 'a peer with an ipBlock must not have a selector beside it');
  const block = reader.object('ipBlock');
  return block ? readIpBlock(reader, block) : { type: 'invalid', pointer: reader.pointer, why: 'its ipBlock is no object' };
}

function readPodPeer(reader: ObjectReader): PolicyPeer {
  const [namespaces, pods] = [reader.object('namespaceSelector'), reader.object('podSelector')];
  const unreadable = (reader.has('namespaceSelector') && !namespaces) || (reader.has('podSelector') && !pods);
  if (unreadable) return { type: 'invalid', pointer: reader.pointer, why: 'its selector is no object' };
  return {
    type: 'pods',
    pointer: reader.pointer,
    namespaceSelector: namespaces && readLabelSelector(namespaces),
    podSelector: pods && readLabelSelector(pods),
  };
}

function readIpBlock(reader: ObjectReader, block: ObjectReader): PolicyPeer {
  block.expectOnly(BLOCK_FIELDS);
  const text = block.filledText('cidr');
  const cidr = text === undefined ? undefined : parseCidr(text);
  if (!cidr) {
    block.error(
      'invalid-value',
      'cidr',
      text === undefined ? 'an ipBlock needs a cidr' : `\`${text}\` is not a CIDR such as \`10.0.0.0/8\``,
    );
    return { type: 'invalid', pointer: reader.pointer, why: `\`${text ?? ''}\` is not a CIDR` };
  }
  const except = readExcept(block, cidr);
  return except
    ? { type: 'ipBlock', pointer: reader.pointer, cidr, except }
    : { type: 'invalid', pointer: reader.pointer, why: 'its except is not valid' };
}

/** Every exception must be a CIDR strictly inside the block; undefined when one is not, because leaving it out would widen access. */
function readExcept(block: ObjectReader, cidr: Cidr): readonly Cidr[] | undefined {
  const before = block.findings.diagnostics.length;
  const except = block.cidrs('except');
  for (const inner of except) {
    if (cidrCovers(cidr, inner) && inner.prefix > cidr.prefix) continue;
    block.error('except-outside-cidr', 'except', `\`${formatCidr(inner)}\` does not lie strictly inside \`${formatCidr(cidr)}\``);
  }
  return block.findings.diagnostics.length === before ? except : undefined;
}

function invalid(reader: ObjectReader, code: string, why: string): PolicyPeer {
  reader.findings.report('error', code, reader.pointer, why);
  return { type: 'invalid', pointer: reader.pointer, why };
}
