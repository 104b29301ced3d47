import { didYouMean } from '../../core/kernel/did-you-mean.js';
import { type Problem, problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';

/** A destination as it is written: a URL, or a host with or without a port. */
export interface DestinationText {
  readonly host: string;
  /** Number or name, that of the scheme where none is written; undefined: neither. */
  readonly port: string | undefined;
  /** What an HTTP request asks for, with its query; undefined: no URL of HTTP in the clear, whose requests a proxy can read. */
  readonly path: string | undefined;
}

/** Ports that a scheme means where a URL names none (RFC 3986 section 3.2.3; IANA, Service Name and Transport Protocol Port Number Registry). */
const PORTS: ReadonlyMap<string, string> = new Map([
  ['http', '80'],
  ['ws', '80'],
  ['https', '443'],
  ['wss', '443'],
  ['grpc', '443'],
  ['postgres', '5432'],
  ['postgresql', '5432'],
  ['mysql', '3306'],
  ['redis', '6379'],
  ['amqp', '5672'],
  ['amqps', '5671'],
  ['mongodb', '27017'],
  ['nats', '4222'],
  ['ldap', '389'],
  ['ldaps', '636'],
  ['ftp', '21'],
  ['ssh', '22'],
]);

const URL_FORM = /^(?<scheme>[a-z][a-z0-9+.-]*):\/\/(?<authority>[^/?#]*)(?<path>[^#]*)/i;
const AUTHORITY = /^(?:[^@]*@)?(?<host>\[[^\]]*\]|[^:]*)(?::(?<port>[^:]*))?$/;

/** A refusal of the question that names the place and the nearest right thing. */
export function refuse(pointer: string, code: string, message: string, hint?: string): Result<never, Problem> {
  const more = hint === undefined ? {} : { hint };
  return err(problem('invalid-request', message, { errors: [{ pointer, code, message, ...more }], ...more }));
}

/** Whether the text is a URL, whatever its scheme. */
export function isUrl(text: string): boolean {
  return URL_FORM.test(text);
}

/** Takes it apart; a scheme whose port nobody knows needs one beside it. */
export function readDestination(written: string, asked: string | undefined): Result<DestinationText, Problem> {
  const url = URL_FORM.exec(written)?.groups;
  const parts = AUTHORITY.exec(url?.['authority'] ?? written)?.groups;
  if (!parts) {
    const bare = (url?.['authority'] ?? written).replace(/^.*@/, '');
    return refuse('/to', 'invalid-host', `\`${bare.slice(0, 120)}\` is no host with a port`, 'write an IPv6 address as `[2001:db8::1]:80`');
  }
  const host = parts['host'] ?? '';
  const named = parts['port'] || undefined;
  if (named !== undefined && !isPort(named)) return invalidPort('/to', named);
  if (asked !== undefined && !isPort(asked)) return invalidPort('/port', asked);
  if (named !== undefined && asked !== undefined && named !== asked) return twoPorts(named, asked);
  const number = named ?? asked;
  if (!url) return ok({ host, port: number, path: undefined });
  const scheme = (url['scheme'] ?? '').toLowerCase();
  const port = number ?? PORTS.get(scheme);
  if (port === undefined) return unknownScheme(scheme, host);
  return ok({ host, port, path: /^(?:http|ws)$/.test(scheme) ? (url['path'] ?? '').replace(/^(?!\/)/, '/') : undefined });
}

/** `to` and the port beside it name different ones. */
export function twoPorts(port: string, asked: string): Result<never, Problem> {
  return refuse('/port', 'two-ports', `\`to\` names port ${port} and \`port\` is ${asked}: leave one of them out`);
}

/** Neither a number from 1 to 65535 nor a name of a port. */
export function invalidPort(pointer: string, port: string): Result<never, Problem> {
  return refuse(pointer, 'invalid-port', `\`${port}\` is no port: expected a number from 1 to 65535, or the name of a port`);
}

/** Whether it may be the number or the name of a port (RFC 6335 section 5.1, of any length up to 63 as containers name them). */
export function isPort(text: string): boolean {
  return /^\d+$/.test(text) ? Number(text) >= 1 && Number(text) <= 65_535 : /^[a-z0-9](?:-?[a-z0-9])*$/.test(text) && text.length <= 63;
}

function unknownScheme(scheme: string, host: string): Result<never, Problem> {
  const meant = didYouMean(scheme, PORTS.keys());
  const write = `write the port: \`${scheme}://${host}:<port>\``;
  const message = `the scheme \`${scheme}\` has no port of its own that is known: expected a port, or one of ${[...PORTS.keys()].join(', ')}`;
  return refuse('/to', 'unknown-scheme', message, meant === undefined ? write : `did you mean \`${meant}://\`? Otherwise ${write}`);
}
