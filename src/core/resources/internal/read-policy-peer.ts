import { type Cidr, cidrCovers, formatCidr, parseCidr } from '../../net/cidr.js';
import { familyBits, formatIp, parseIp } from '../../net/ip.js';
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
    if (text === undefined) block.error('missing-field', 'cidr', 'an ipBlock needs a cidr');
    else block.error('invalid-value', 'cidr', `\`${text}\` is not a CIDR such as \`10.0.0.0/8\``, addressHint(text));
    return { type: 'invalid', pointer: reader.pointer, why: `\`${text ?? ''}\` is not a CIDR` };
  }
  if (text !== undefined) warnOfHostBits(block, 'cidr', text, cidr);
  const except = readExcept(block, cidr);
  return except
    ? { type: 'ipBlock', pointer: reader.pointer, cidr, except }
    : { type: 'invalid', pointer: reader.pointer, why: 'its except is not valid' };
}

/** Every exception must be a CIDR strictly inside the block; undefined when one is not, because leaving it out would widen access. */
function readExcept(block: ObjectReader, cidr: Cidr): readonly Cidr[] | undefined {
  const before = block.findings.diagnostics.length;
  const texts = block.texts('except');
  const unreadable = block.findings.diagnostics.length > before;
  const found = texts.map((text, position) => readException(block, { text, at: `except/${position}` }, cidr));
  const except = found.flatMap((one) => one ?? []);
  return unreadable || except.length < found.length ? undefined : except;
}

function readException(block: ObjectReader, { text, at }: { readonly text: string; readonly at: string }, cidr: Cidr): Cidr | undefined {
  const inner = parseCidr(text.trim());
  const error = (code: string, message: string, hint?: string) =>
    block.findings.report('error', code, `${block.pointer}/${at}`, message, hint);
  if (!inner) {
    error('invalid-value', `\`${text}\` is not a CIDR such as \`10.0.0.0/8\``, addressHint(text));
    return undefined;
  }
  if (!cidrCovers(cidr, inner) || inner.prefix <= cidr.prefix) {
    const same = formatCidr(inner) === formatCidr(cidr);
    const hint = same ? 'leave the whole peer out: nothing of the block would be left' : undefined;
    error('except-outside-cidr', `\`${formatCidr(inner)}\` does not lie strictly inside \`${formatCidr(cidr)}\``, hint);
    return undefined;
  }
  warnOfHostBits(block, at, text, inner);
  return inner;
}

/** An address alone is the prefix of its full length. */
function addressHint(text: string): string | undefined {
  const ip = parseIp(text.trim());
  return ip && `did you mean \`${formatIp(ip)}/${familyBits(ip.family)}\`?`;
}

/** "10.0.0.5/8": host bits are masked (netutils ParseCIDRSloppy), and newer API servers warn. */
function warnOfHostBits(block: ObjectReader, at: string, text: string, cidr: Cidr): void {
  const ip = parseIp(text.trim().split('/')[0] ?? '');
  if (!ip || ip.value === cidr.base) return;
  const message = `\`${text}\` has bits set behind its prefix, and is read as \`${formatCidr(cidr)}\``;
  block.findings.report('warning', 'not-canonical', `${block.pointer}/${at}`, message, `write \`${formatCidr(cidr)}\``);
}

function invalid(reader: ObjectReader, code: string, why: string): PolicyPeer {
  reader.findings.report('error', code, reader.pointer, why);
  return { type: 'invalid', pointer: reader.pointer, why };
}
