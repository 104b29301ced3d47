/** Texts that the controller of NGINX Inc. writes into configuration between quotation marks (nginx/kubernetes-ingress `validation/common.go`, `ValidateEscapedString`); undefined: it takes it. */
export function escapedTextFault(text: string): string | undefined {
  return /["\\]/.test(text.replace(/\\[^\n]/g, '')) ? 'a quotation mark must be escaped, and a backslash escape something' : undefined;
}

/** `validateStringWithVariables`: variables stand in braces, and are of those that are known, or begin as these do. */
export function variablesFault(text: string, known: ReadonlySet<string>, beginnings: readonly string[]): string | undefined {
  for (const [, braced, name = ''] of text.matchAll(/\$(\{([^}]*)\})?/g)) {
    if (braced === undefined) return 'a variable stands in braces, such as `${host}`';
    if (!known.has(name) && !beginnings.some((one) => name.startsWith(one) && /^[A-Za-z0-9_]+$/.test(name.slice(one.length))))
      return `\`${name}\` is none of the variables of nginx that may stand here`;
  }
  return undefined;
}

/** `rewritePath` (`validateActionProxyRewritePath`, `…ForRegexp`). */
export function rewriteFault(text: string, isOfExpression: boolean): string | undefined {
  if (/\$(?!\d)./.test(text)) return 'behind `$` stands the number of a group';
  if (isOfExpression) return escapedTextFault(text);
  return /^\/[^\s{};\\]*$/.test(text) ? undefined : 'it must begin with `/` and have neither blanks, braces, backslashes nor `;`';
}

/** `IsHTTPHeaderName` of apimachinery. */
export const isHeaderName = (text: string) => /^[-A-Za-z0-9]+$/.test(text);

/** Variables of headers that are set or added (`actionProxyHeaderVariables`, `actionProxyHeaderSpecialVariables` of `validation/virtualserver.go`). */
const OF_CONNECTIONS = ['connection', 'connections_active', 'connections_reading', 'connections_writing', 'connections_waiting'];
const OF_REQUESTS = ['request_uri', 'request_method', 'request_body', 'scheme', 'args', 'host', 'request_time', 'request_length'];
const OF_SERVERS = ['nginx_version', 'pid', 'remote_addr', 'remote_port', 'time_iso8601', 'time_local', 'server_addr', 'server_port'];
const OF_TLS = ['cipher', 'ciphers', 'curves', 'early_data', 'protocol', 'server_name', 'session_id', 'session_reused'].map(
  (one) => `ssl_${one}`,
);
const OF_CERTIFICATES = [
  'cert',
  'escaped_cert',
  'fingerprint',
  'i_dn',
  'i_dn_legacy',
  'raw_cert',
  's_dn',
  's_dn_legacy',
  'serial',
  'v_end',
];
const OF_CLIENTS = [...OF_CERTIFICATES, 'v_remain', 'v_start', 'verify'].map((one) => `ssl_client_${one}`);
const OF_ANSWERS = new Set([...OF_CONNECTIONS, ...OF_REQUESTS, ...OF_SERVERS, 'server_name', 'server_protocol']);
const OF_HEADERS = new Set([...OF_ANSWERS, ...OF_TLS, ...OF_CLIENTS]);
const BEGINNINGS = ['arg_', 'http_', 'cookie_', 'jwt_claim_', 'jwt_header_'];

/** `validateActionProxyHeader`. */
export function headerFault(name: string, value: string): string | undefined {
  if (!isHeaderName(name)) return `\`${name}\` is no name of a header`;
  return escapedTextFault(value) ?? variablesFault(value, OF_HEADERS, BEGINNINGS);
}

/** Texts that a route answers by itself (`returnBodyVariables`, `validateActionReturn`). */
export const bodyFault = (text: string) => escapedTextFault(text) ?? variablesFault(text, OF_ANSWERS, ['arg_', 'http_', 'cookie_']);

/** The same of error pages, and of their headers (`errorPageReturnBodyVariable`). */
export const pageTextFault = (text: string) => escapedTextFault(text) ?? variablesFault(text, OF_PAGES, []);
const OF_PAGES = new Set(['upstream_status']);

/** URLs that clients are sent to (`validateRedirectURL`). */
export function redirectFault(url: string, variables: readonly string[]): string | undefined {
  if (!url.includes('://')) return 'it has no scheme, such as `https://` or `${scheme}://`';
  return escapedTextFault(url) ?? variablesFault(url, new Set(variables), []);
}
