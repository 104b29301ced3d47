/** A request as rules see it. */
export interface SeenRequest {
  readonly method: string;
  /** The Host as sent. */
  readonly sentHost: string;
  /** Lower-case and without a port (`pkg/middlewares/requestdecorator`). */
  readonly host: string;
  readonly path: string;
  readonly query: string;
  /** By lower-case name; without `Host`, which Go keeps apart. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  /** As text, for what is no address is judged too; undefined: not told. */
  readonly client: string | undefined;
  /** Of a connection: the protocols that the TLS hello offers (ALPN); undefined: not told. Its `host` is the name in the hello. */
  readonly protocols?: readonly string[] | undefined;
  /** Whether `**.x` stands for one or more labels in front of `x`, as since Traefik 3.8; before it stands for nothing. Undefined: the version is not told. */
  readonly deepWildcards?: boolean | undefined;
  /** Whether HTTP is spoken inside of the connection, so that no other protocol is offered; false: not told. */
  readonly isHttps?: boolean;
}

/** A connection as rules of TCP see it: the name in its TLS hello, empty without one, what it offers, and where it comes from. */
export function seenConnection(
  serverName: string,
  about: Pick<SeenRequest, 'client' | 'protocols' | 'isHttps' | 'deepWildcards'>,
): SeenRequest {
  return { method: '', sentHost: serverName, host: serverName, path: '', query: '', headers: new Map(), ...about };
}

/** What a client sends, and where it connects from as text. */
export interface SentRequest {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly query: string | undefined;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly client: string | undefined;
  readonly deepWildcards?: boolean | undefined;
}

/** Reads a request as Go's server and Traefik's muxer do. */
export function seenRequest({ method, host, path, query, headers, client, deepWildcards }: SentRequest): SeenRequest {
  const byName = new Map<string, string[]>();
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (lower === 'host') continue;
    byName.set(lower, [...(byName.get(lower) ?? []), value]);
  }
  const [, bracketed, named] = /^(?:\[([^\]]*)\]|([^:]*)):\d*$/.exec(host) ?? [];
  const canonical = (bracketed ?? named ?? host).trim().toLowerCase();
  return { method, sentHost: host, host: canonical, path: routingPath(path), query: query ?? '', headers: byName, client, deepWildcards };
}

/** RFC 3986 §2.2 and the percent sign: what `withRoutingPath` of `pkg/muxer/http/mux.go` leaves encoded. */
const RESERVED = new Set(":/?#[]@!$&'()*+,;=%");

/**
 * The path that matchers compare: percent-encodings decoded, but for reserved characters. Hexadecimal digits count in either case, for entry points write them in upper
 * case first (`normalizePath` of `pkg/server/server_entrypoint_tcp.go`).
 */
export function routingPath(path: string): string {
  const parts = path.split(/(%[0-9a-fA-F]{2})/);
  let decoded = '';
  let run = '';
  for (const part of parts) {
    const isEncoded = /^%[0-9a-fA-F]{2}$/.test(part);
    const isReserved = isEncoded && RESERVED.has(String.fromCharCode(Number.parseInt(part.slice(1), 16)));
    if (isEncoded && !isReserved) {
      run += part;
    } else if (part !== '') {
      decoded += decodedRun(run) + (isReserved ? part.toUpperCase() : part);
      run = '';
    }
  }
  return decoded + decodedRun(run);
}

/** Encoded bytes as text; those that are no UTF-8 become replacement characters, which no rule is written with. */
function decodedRun(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded.replace(/%../g, '\ufffd');
  }
}

/** The values of a query's key, as Go's `url.ParseQuery` reads them: a part with a semicolon or a broken encoding is left out. */
export function queryValues(query: string, key: string): readonly string[] {
  return query.split('&').flatMap((part) => {
    if (part === '' || part.includes(';')) return [];
    const [name, value] = pairOf(part);
    return name === key && value !== undefined ? [value] : [];
  });
}

/** The first value of a key, as gorilla/mux finds it: a semicolon separates as `&` does. */
export function firstQueryValue(query: string, key: string): string | undefined {
  for (const part of query.split(/[&;]/)) {
    const [name, value] = pairOf(part);
    if (part !== '' && name === key && value !== undefined) return value;
  }
  return undefined;
}

function pairOf(part: string): readonly [name: string | undefined, value: string | undefined] {
  const equals = part.indexOf('=');
  return [unescaped(equals < 0 ? part : part.slice(0, equals)), unescaped(equals < 0 ? '' : part.slice(equals + 1))];
}

function unescaped(text: string): string | undefined {
  if (/%(?![0-9a-fA-F]{2})/.test(text)) return undefined;
  return text.replaceAll('+', ' ').replace(/(?:%[0-9a-fA-F]{2})+/g, decodedRun);
}
