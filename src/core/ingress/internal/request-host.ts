import { parseIp } from '../../net/ip.js';

/** The host of a request as rules are compared with it. */
export interface RequestHost {
  /** Lower-case, without port, brackets and final dot. */
  readonly name: string;
  /** An address literal: no host rule can name it. */
  readonly isAddress: boolean;
  readonly hadFinalDot: boolean;
}

/** Reads a Host header: compared without case and port (rule A3); a final dot names the same host (RFC 3986 §3.2.2). */
export function readRequestHost(header: string): RequestHost {
  const lower = header.trim().toLowerCase();
  if (isPlainName(lower)) return { name: lower, isAddress: false, hadFinalDot: false };
  const bracketed = /^\[([^\]]*)\](?::\d*)?$/.exec(lower);
  if (bracketed) return { name: bracketed[1] ?? '', isAddress: true, hadFinalDot: false };
  const withoutPort = lower.replace(/:\d*$/, '');
  const hadFinalDot = withoutPort.endsWith('.');
  const name = hadFinalDot ? withoutPort.slice(0, -1) : withoutPort;
  return { name, isAddress: parseIp(name) !== undefined, hadFinalDot };
}

/** Most are: a text without colon that ends in a letter has no port, no final dot, and is no address. */
function isPlainName(text: string): boolean {
  const last = text.charCodeAt(text.length - 1);
  return last >= 97 && last <= 122 && !text.includes(':');
}

/** The port that a request names itself; undefined: that of its scheme. */
export function statedPort({ host }: { readonly host: string }): number | undefined {
  const [, port] = /:(\d+)$/.exec(host) ?? [];
  return port === undefined ? undefined : Number(port);
}

/** `foo.com` of `bar.foo.com`: what a wildcard that covers the name has behind its `*.`; undefined for a single label. */
export function parentDomain(name: string): string | undefined {
  const dot = name.indexOf('.');
  return dot <= 0 ? undefined : name.slice(dot + 1);
}

/** Whether a host of `spec.tls` or of a certificate covers the name: equal, or a wildcard for exactly one label (rule A4, RFC 6125 §6.4.3). */
export function hostCovers(host: string, name: string): boolean {
  const lower = host.toLowerCase();
  return lower.startsWith('*.') ? lower.slice(2) === parentDomain(name) : lower === name;
}

const LABEL = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

/**
 * Why the API server refuses a rule's host (kubernetes `pkg/apis/networking/validation`, `validateIngressRules`); undefined when it is valid.
 * A refused host matches nothing.
 */
export function hostFault(host: string): string | undefined {
  if (parseIp(host.replace(/^\[(.*)\]$/, '$1')) !== undefined) return 'a host is a name, not an address';
  if (/:\d*$/.test(host)) return 'a host has no port';
  if (host === '*') return 'a wildcard needs a domain behind it; leave the host out for every host';
  const labels = (host.startsWith('*.') ? host.slice(2) : host).split('.');
  if (labels.some((label) => label.includes('*'))) return 'a wildcard is the whole first label: `*.foo.com`';
  if (/[A-Z]/.test(host)) return `a host has no capitals: \`${host.toLowerCase()}\``;
  if (host.length > 253 || labels.some((label) => !LABEL.test(label))) return 'a host is a DNS name (RFC 1123)';
  return undefined;
}
