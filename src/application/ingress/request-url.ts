import { err, ok, type Result } from '../../core/kernel/result.js';

/** Schemes of requests, and of connections to a Gateway that are not HTTP. */
export type UrlScheme = 'http' | 'https' | 'tls' | 'tcp' | 'udp';

/** The parts of a URL that a client puts on the wire. */
export interface RequestUrl {
  readonly scheme: UrlScheme;
  /** The name or address alone, lower-case for names outside ASCII. */
  readonly hostname: string;
  /** The Host header: the name with its port, unless that is the scheme's own. */
  readonly host: string;
  /** The port that the client connects to, whatever a Host header says. */
  readonly port: number;
  /** Byte for byte as written (dot segments, `//` and percent-encodings stay), `/` when empty. */
  readonly path: string;
  readonly query: string | undefined;
}

/** Why a text is no URL of a request, and the nearest right one. */
export interface UrlFault {
  readonly message: string;
  readonly hint?: string;
}

/** RFC 3986 appendix B: scheme, authority, path, query; the fragment is never sent. */
const PARTS = /^(?:([^:/?#]+):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#.*)?$/s;
/** RFC 9110 §4.2; a connection that is not HTTP has no port of its own. */
const OWN_PORT: Readonly<Record<UrlScheme, string>> = { http: '80', https: '443', tls: '443', tcp: '', udp: '' };

const fault = (message: string, hint?: string) => err<UrlFault>(hint === undefined ? { message } : { message, hint });

/**
 * Splits a URL as a client sends it. Not the platform's URL class: that one resolves dot segments, and whether `/a/../b` reaches a rule for `/b` is part of the
 * question. Characters that HTTP cannot carry are percent-encoded as UTF-8; a name outside ASCII becomes its punycode.
 */
export function parseRequestUrl(text: string): Result<RequestUrl, UrlFault> {
  const [, scheme, authority, path = '', query] = PARTS.exec(text) ?? [];
  if (authority === undefined) return fault(`\`${text}\` is no URL with a host`, `write \`http://${text.replace(/^[a-z]+:\/?/i, '')}\``);
  const lower = scheme?.toLowerCase();
  if (!isScheme(lower)) {
    return fault(
      `the scheme of \`${text}\` must be http or https (or tls, tcp or udp for a connection to a Gateway)`,
      `write \`http://${authority}${path}\``,
    );
  }
  if (authority.includes('@')) return fault(`the URL \`${text}\` must not carry a user name`, 'send credentials as a header');
  const named = parseAuthority(authority);
  if (!named.ok) return named;
  const { hostname, port } = named.value;
  if (port === undefined && OWN_PORT[lower] === '') return fault(`\`${text}\` names no port`, `write \`${lower}://${authority}:9000\``);
  const host = port === undefined || port === OWN_PORT[lower] ? hostname : `${hostname}:${port}`;
  return ok({
    scheme: lower,
    hostname,
    host,
    port: Number(port ?? OWN_PORT[lower]),
    path: path === '' ? '/' : encode(path),
    query: query === undefined ? undefined : encode(query),
  });
}

function isScheme(text: string | undefined): text is UrlScheme {
  return text !== undefined && Object.hasOwn(OWN_PORT, text);
}

function parseAuthority(authority: string): Result<{ readonly hostname: string; readonly port: string | undefined }, UrlFault> {
  const [, name = '', port] = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/s.exec(authority) ?? [];
  if (name === '') return fault(`\`${authority}\` names no host`);
  if (port !== undefined && port !== '' && !(/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535)) {
    return fault(`the port \`${port}\` must be a number from 1 to 65535`);
  }
  const hostname = canonicalName(name);
  if (hostname === undefined) return fault(`\`${name}\` is no host name`);
  return ok({ hostname, port: port === '' ? undefined : port });
}

/** Leaves ASCII names as they are written; the platform turns others into punycode. */
function canonicalName(name: string): string | undefined {
  if (/^\[[0-9a-fA-F:.]+\]$/.test(name) || /^[A-Za-z0-9._-]+$/.test(name)) return name;
  if (/^[\x20-\x7e]*$/.test(name)) return undefined;
  try {
    return new URL(`http://${name}`).hostname;
  } catch {
    return undefined;
  }
}

/** Percent-encodes what cannot stand in a request line: controls, blanks, quotes and everything outside ASCII. */
function encode(text: string): string {
  return text.replace(/\p{Cs}/gu, '\ufffd').replace(/[^\x21-\x7e]|["<>`]/gu, (character) => encodeURIComponent(character));
}
