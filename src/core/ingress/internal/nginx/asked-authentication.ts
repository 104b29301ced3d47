import { parseGoBool } from '../../../kernel/go-bool.js';
import { type AnnotationReader, BASIC, CHARACTERS_WITH_SPACE, EXTENDED, URL_TEXT, URL_WITH_VARIABLES } from './annotation-reader.js';

/** What an Ingress asks of clients before it lets them in (`annotations/auth`, `authreq`, `satisfy`). */
export interface AskedAuthentication {
  /** Annotations by which a location asks who the client is. */
  readonly names: readonly string[];
  /** What of the answer of `auth-url` is heeded; undefined: there is no `auth-url`. */
  readonly service: AskedService | undefined;
  /** Whether the service that the controller is set to ask everywhere is asked here. */
  readonly isGlobal: boolean;
  /** `satisfy: any`: whoever passes one of the lists of addresses and the authentications is let in. */
  readonly isAnyEnough: boolean;
  /** Passwords; undefined: none are asked for. */
  readonly password: AskedPassword | undefined;
  /** Why the location is denied, whatever objects there are. */
  readonly fault: string | undefined;
}

/** What becomes of the answer of a service that is asked about clients. */
export interface AskedService {
  /** The ConfigMap of the headers that the service is asked with, as written; empty: none. */
  readonly askedWith: string;
  /** Where clients are sent that it answers 401; empty: nowhere. */
  readonly signIn: string;
  /** The parameter of that URL that says where the client wanted to go. */
  readonly signInParameter: string;
  /** Headers of its answer that the backend is sent. */
  readonly headers: readonly string[];
  /** Whether its cookies go into every answer, errors too. */
  readonly alwaysSetsCookie: boolean;
}

/** `auth-type`, and where the passwords stand. */
export interface AskedPassword {
  /** `name` or `namespace/name`, as written. */
  readonly secret: string;
  /** `auth-map`: each key of the Secret is a user; otherwise its key `auth` holds a file of htpasswd. */
  readonly isMap: boolean;
  /** `basic` or `digest`. */
  readonly type: string;
  readonly realm: string;
}

/** What an Ingress asks of the certificates of clients, for the whole of its hosts (`annotations/authtls/main.go`). */
export interface AskedClientCertificate {
  /** `namespace/name`, as written. */
  readonly secret: string;
  readonly verify: 'on' | 'off' | 'optional' | 'optional_no_ca';
  /** How many certificates may stand between that of the client and the authority. */
  readonly depth: number;
  /** Where clients are led that are turned away for their certificate: a path of the host, or else another place; empty: nowhere. */
  readonly errorPage: string;
  /** Whether the backend is sent the certificate. */
  readonly passes: boolean;
  /** An expression for the subject; empty: none. */
  readonly subject: string;
}

/** Reads `auth-type`, `auth-url`, `satisfy` and what belongs to them. */
export function askedAuthentication(reader: AnnotationReader): AskedAuthentication {
  const type = reader.text('auth-type');
  const [url, fault] = askedUrl(reader);
  return {
    names: [...(url === '' ? [] : ['auth-url']), ...reader.present(['auth-type'])],
    service: url === '' ? undefined : askedService(reader),
    isGlobal: url === '' && reader.choice('enable-global-auth') !== false,
    isAnyEnough: reader.text('satisfy') === 'any',
    password:
      type === ''
        ? undefined
        : {
            secret: reader.text('auth-secret', BASIC),
            isMap: reader.text('auth-secret-type') === 'auth-map',
            type,
            realm: reader.text('auth-realm', CHARACTERS_WITH_SPACE),
          },
    fault: passwordFault(reader, type) ?? fault,
  };
}

/** A sign-in page that a validator refuses counts as none (`authreq/main.go`, `Parse`). */
function askedService(reader: AnnotationReader): AskedService {
  return {
    signIn: reader.text('auth-signin', URL_WITH_VARIABLES),
    signInParameter: reader.text('auth-signin-redirect-param', URL_WITH_VARIABLES) || 'rd',
    headers: reader.list('auth-response-headers'),
    alwaysSetsCookie: reader.flag('auth-always-set-cookie'),
    askedWith: reader.text('auth-proxy-set-headers', BASIC),
  };
}

function passwordFault(reader: AnnotationReader, type: string): string | undefined {
  if (type === '') return undefined;
  if (!/basic|digest/.test(type)) return `\`auth-type\` is \`basic\` or \`digest\`, not \`${type}\``;
  const kind = reader.text('auth-secret-type');
  return ['', 'auth-file', 'auth-map'].includes(kind)
    ? undefined
    : `\`auth-secret-type\` is \`auth-file\` or \`auth-map\`, not \`${kind}\``;
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE'];

/**
 * The service that is asked about clients, and why the location is denied for it. What its parser stops at without denying the location, a value that a validator
 * refuses among the last settings, takes the whole of `auth-url` along: nobody is asked (`authreq/main.go`, `Parse`).
 */
function askedUrl(reader: AnnotationReader): readonly [url: string, fault: string | undefined] {
  const url = reader.text('auth-url');
  if (url === '') return ['', undefined];
  const [, host = ''] = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(url) ?? [];
  if (host === '' || host.includes('..')) return [url, `\`auth-url\`: \`${url}\` is no URL`];
  const method = reader.text('auth-method');
  if (method !== '' && !METHODS.includes(method)) return [url, `\`auth-method\`: \`${method}\` is no method`];
  if (!EXTENDED.test(reader.raw('auth-cache-duration'))) return ['', undefined];
  const duration = reader.list('auth-cache-duration').find((text) => !isDuration(text));
  if (duration !== undefined) return [url, `\`auth-cache-duration\`: \`${duration}\` is no duration`];
  const header = reader.list('auth-response-headers').find((name) => !/^[a-zA-Z\d\-_]+$/.test(name));
  if (header !== undefined) return [url, `\`auth-response-headers\`: \`${header}\` is no name of a header`];
  const always = reader.raw('auth-always-set-cookie');
  const isLeftOut = reader.text('auth-request-redirect', URL_TEXT) === '' && reader.text('auth-request-redirect') !== '';
  return isLeftOut || (always !== '' && parseGoBool(always) === undefined) ? ['', undefined] : [url, undefined];
}

/** Codes, then times: `200 202 10m` (`ValidCacheDuration`). */
function isDuration(text: string): boolean {
  const parts = text.split(' ').filter((part) => part !== '');
  const isTime = (part: string) => /^\d+(ms|[smhdwMy])$/.test(part);
  return parts.some(isTime) && !parts.slice(parts.findIndex(isTime)).some((part) => /^\d{3}$/.test(part));
}

const VERIFY = ['on', 'off', 'optional', 'optional_no_ca'] as const;

/** Reads `auth-tls-…`; what no validator lets through is the default. */
export function askedClientCertificate(reader: AnnotationReader): AskedClientCertificate | undefined {
  const secret = reader.text('auth-tls-secret', BASIC);
  if (secret === '') return undefined;
  const verify = reader.text('auth-tls-verify-client');
  return {
    secret,
    verify: VERIFY.find((one) => one === verify) ?? 'on',
    depth: reader.integer('auth-tls-verify-depth', 0) || 1,
    errorPage: reader.text('auth-tls-error-page'),
    passes: reader.flag('auth-tls-pass-certificate-to-upstream'),
    subject: reader.text('auth-tls-match-cn'),
  };
}
