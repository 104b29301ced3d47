import { type Ip, formatIp } from '../../../net/ip.js';
import { headerValue } from '../header-list.js';
import { type Passage, requestUri } from '../traefik/passage.js';

/** `ReplaceVariables` of `pkg/middlewares/ingressnginx/interpolation.go`: a variable that Traefik does not know stays as it is written. */
export function filled(
  text: string,
  passage: Passage,
  own: Readonly<Record<string, string>>,
  client: Ip | undefined,
): string | { readonly unknown: NonNullable<Passage['unknown']> } {
  let missing: string | undefined;
  const made = text.replace(/\$\{?([a-zA-Z_]\w*)\}?/g, (written, name: string) => {
    const value = valueOf(name, passage, own, client);
    if (value === null) missing ??= name;
    return value ?? written;
  });
  if (missing === undefined) return made;
  return { unknown: { code: 'MIDDLEWARE_NOT_EVALUATED', message: `the value of the variable \`$${missing}\` is not known` } };
}

/** Undefined: Traefik does not know the variable; null: it does, and the request does not tell. */
function valueOf(name: string, passage: Passage, own: Readonly<Record<string, string>>, client: Ip | undefined): string | null | undefined {
  const { scheme, host, method, path, query = '', headers } = passage;
  const header = name.startsWith('http_') ? name.slice('http_'.length).replaceAll('_', '-') : undefined;
  if (header !== undefined) {
    const values = headers.filter(([one]) => one.toLowerCase() === header.toLowerCase()).map(([, value]) => value);
    return values.join(',');
  }
  if (name.startsWith('arg_')) return new URLSearchParams(query).get(name.slice('arg_'.length)) ?? '';
  if (name.startsWith('cookie_') || name === 'hostname') return null;
  const bare = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(host);
  const [hostOnly, port] = bare ? [(bare[1] ?? '').replace(/^\[|\]$/g, ''), bare[2]] : [host, undefined];
  const known: Readonly<Record<string, string | null>> = {
    host: hostOnly.toLowerCase(),
    best_http_host: host,
    request_uri: requestUri(passage),
    escaped_request_uri: encodeURIComponent(requestUri(passage)),
    scheme,
    args: query,
    query_string: query,
    is_args: query === '' ? '' : '?',
    request_method: method,
    uri: path,
    document_uri: path,
    server_name: hostOnly,
    server_port: port ?? (scheme === 'https' ? '443' : '80'),
    content_type: headerValue(headers, 'content-type') ?? '',
    content_length: headerValue(headers, 'content-length') ?? '',
    remote_addr: client ? formatIp(client) : null,
    proxy_add_x_forwarded_for: null,
  };
  if (Object.hasOwn(known, name)) return known[name];
  return Object.hasOwn(own, name) ? own[name] : undefined;
}
