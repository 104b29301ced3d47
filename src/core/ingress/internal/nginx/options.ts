import type { NetworkModel } from '../../../model/network-model.js';
import { RISK_LEVELS, type RiskLevel } from './annotation-risks.js';
import type { AskedService } from './asked-authentication.js';

/** Settings of ingress-nginx that no Ingress tells: those of the profile's `options`, named as the keys of its ConfigMap and its flags are; else its defaults (`config.go`, `flags.go`). */
export interface NginxOptions {
  /** What an Ingress that says nothing of it is taken to ask. */
  readonly sslRedirect: boolean;
  readonly forceSslRedirect: boolean;
  readonly preserveTrailingSlash: boolean;
  readonly portInRedirects: boolean;
  readonly relativeRedirects: boolean;
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  /** The status of redirects to https, and to the name with or without `www.`. */
  readonly redirectCode: number;
  /** Locations that begin with one of these are never sent to https. */
  readonly noTlsRedirect: readonly string[];
  /** Locations that begin with one of these ask nobody who the client is. */
  readonly noAuth: readonly string[];
  /** The service that is asked about the client wherever an Ingress does not say otherwise; undefined: none. */
  readonly asksEverywhere: AskedService | undefined;
  /** Who is refused where no other list of addresses holds, and whose browser or referring page is, everywhere. */
  readonly blocked: readonly string[];
  readonly blockedAgents: readonly string[];
  readonly blockedReferers: readonly string[];
  /** Whether annotations may name Secrets of other namespaces. */
  readonly crossesNamespaces: boolean;
  /** Whether headers are heard whose names have an underscore, or whatever else nginx takes for none. */
  readonly hears: { readonly underscores: boolean; readonly anyName: boolean };
  /** Whether a header that is sent twice has both values: since 1.10 of the controller, which came with nginx 1.25, and before that with 1.21. */
  readonly joinsHeaders: boolean;
  /** Whether `X-Forwarded-Proto` and `X-Forwarded-Host` are believed. */
  readonly trustsForwarded: boolean;
  /** Where checks of the controller's own health are answered (`--health-check-path`). */
  readonly healthPath: string;
  /** Whether TLS is closed for names that no server has. */
  readonly rejectsUnnamed: boolean;
  /** Where the address of the client is read, of whom, and whether a list of addresses is followed. */
  readonly realIp: {
    readonly isBelieved: boolean;
    readonly header: string;
    readonly trusted: readonly string[];
    readonly isRecursive: boolean;
  };
  /** Whether snippets of Ingresses are run; undefined: not told. */
  readonly snippets: boolean | undefined;
  /** The riskiest annotations that are let through; undefined: it is not told whether snippets are. */
  readonly riskLevel: RiskLevel | undefined;
  /** Whether values of annotations are looked at before they are read. */
  readonly validatesAnnotations: boolean;
  /** Whether what reads like an attack on the controller is dropped (`--deep-inspect`). */
  readonly inspects: boolean;
  /** Whether the webhook lets only plain text be a path of type Exact or Prefix, and whether a dot is plain. */
  readonly strictPaths: { readonly isOn: boolean; readonly allowsDots: boolean };
  /** Whether TLS can be passed through; undefined: not told. */
  readonly sslPassthrough: boolean | undefined;
  /** Statuses whose pages the default backend writes, where a location says nothing of them. */
  readonly errorStatuses: readonly number[];
  readonly interceptsErrors: boolean;
  /** Whether `proxy-ssl-…` of an Ingress is heeded in its own locations alone. */
  readonly proxySslLocationOnly: boolean;
  /** Whether requests go to the addresses of Services, not to their endpoints. */
  readonly serviceUpstream: boolean;
  /** What answers over TLS say of it, `Strict-Transport-Security`; undefined: nothing. */
  readonly hsts: string | undefined;
  /** Headers that `custom-headers` may add to answers. */
  readonly allowedHeaders: readonly string[];
  /** How large bodies may be where an Ingress does not say, and whether that is known or the default. */
  readonly bodySize: { readonly text: string; readonly isTold: boolean };
  /** `namespace/name` of the ConfigMaps of streams; undefined: not told. */
  readonly streams: Readonly<Record<'TCP' | 'UDP', string | undefined>>;
  /** Whether several streams may be of one port: nginx does so since 1.25.5, which is in the controller since 1.10.2 (its README, "Supported Versions table"). */
  readonly sharesStreamPorts: boolean;
  /** Where nginx listens for requests, and what no stream can have (`flags.go`). */
  readonly ports: { readonly http: number; readonly https: number; readonly reserved: ReadonlySet<number> };
  /** `namespace/name` of the Service that serves what nobody else does; undefined: the controller itself, with 404. */
  readonly defaultBackend: string | undefined;
}

type Told = string | boolean | number | undefined;

/** The settings of the controller of a class. */
export function nginxOptions(model: NetworkModel, className: string | undefined): NginxOptions {
  const options = model.profile.ingress.controllers.find((one) => one.class === className)?.options ?? {};
  const told = (name: string): Told => (Object.hasOwn(options, name) ? options[name] : undefined);
  const flag: Flag = (name, otherwise) => flagOf(told(name)) ?? otherwise;
  const list = (name: string) => listOf(told(name)) ?? [];
  const text = (name: string) => String(told(name) ?? '').trim();
  const code = Number(told('http-redirect-code'));
  const version = text('version').split('.').map(Number);
  // What 1.12 turned on (its changelog, "Security").
  const isOld = isBefore(version, 1, 12);
  const snippets = flagOf(told('allow-snippet-annotations'));
  return {
    sslRedirect: flag('ssl-redirect', true),
    forceSslRedirect: flag('force-ssl-redirect', false),
    preserveTrailingSlash: flag('preserve-trailing-slash', false),
    portInRedirects: flag('use-port-in-redirects', false),
    relativeRedirects: flag('relative-redirects', false),
    allow: list('whitelist-source-range'),
    deny: list('denylist-source-range'),
    redirectCode: [301, 302, 307, 308].includes(code) ? code : 308,
    noTlsRedirect: listOf(told('no-tls-redirect-locations')) ?? ['/.well-known/acme-challenge'],
    noAuth: listOf(told('no-auth-locations')) ?? ['/.well-known/acme-challenge'],
    asksEverywhere: text('global-auth-url') === '' ? undefined : globalService(text, list, flag),
    blocked: list('block-cidrs'),
    blockedAgents: list('block-user-agents'),
    blockedReferers: list('block-referers'),
    crossesNamespaces: flag('allow-cross-namespace-resources', isOld),
    hears: { underscores: flag('enable-underscores-in-headers', false), anyName: !flag('ignore-invalid-headers', true) },
    joinsHeaders: !isBefore(version, 1, 10),
    trustsForwarded: flag('use-forwarded-headers', false),
    realIp: realIpOf(flag, text('forwarded-for-header'), listOf(told('proxy-real-ip-cidr'))),
    snippets,
    // The default, since v1.12, refuses every snippet. It is gone by where anything of snippets is told.
    riskLevel: riskLevelOf(told('annotations-risk-level')) ?? (snippets === undefined ? undefined : isOld ? 'Critical' : 'High'),
    validatesAnnotations: flag('enable-annotation-validation', !isOld),
    inspects: flag('deep-inspect', true),
    strictPaths: { isOn: flag('strict-validate-path-type', !isOld), allowsDots: allowsDots(version) },
    sslPassthrough: flagOf(told('enable-ssl-passthrough')),
    errorStatuses: list('custom-http-errors')
      .map(Number)
      .filter((status) => status > 299 && status < 600),
    interceptsErrors: !flag('disable-proxy-intercept-errors', false),
    ...serverOptions(text, flag),
    proxySslLocationOnly: flag('proxy-ssl-location-only', false),
    serviceUpstream: flag('service-upstream', false),
    allowedHeaders: list('global-allowed-response-headers'),
    bodySize: { text: text('proxy-body-size') || '1m', isTold: text('proxy-body-size') !== '' },
    ...streamOptions(text, version),
    defaultBackend: text('default-backend-service') || undefined,
  };
}

type Flag = (name: string, otherwise: boolean) => boolean;

function serverOptions(text: (name: string) => string, flag: Flag): Pick<NginxOptions, 'healthPath' | 'rejectsUnnamed' | 'hsts'> {
  return {
    healthPath: text('health-check-path') || '/healthz',
    rejectsUnnamed: flag('ssl-reject-handshake', false),
    hsts: hstsOf(flag, text('hsts-max-age')),
  };
}

function streamOptions(
  text: (name: string) => string,
  version: readonly number[],
): Pick<NginxOptions, 'streams' | 'sharesStreamPorts' | 'ports'> {
  return {
    streams: { TCP: text('tcp-services-configmap') || undefined, UDP: text('udp-services-configmap') || undefined },
    sharesStreamPorts: !isBefore(version, 1, 10, 2),
    ports: portsOf((name) => Number(text(name) || NaN)),
  };
}

/** The ports of the controller by their flags, and what they are unless these tell (`flags.go`). */
const OWN_PORTS = new Map([
  ['http-port', 80],
  ['https-port', 443],
  ['ssl-passthrough-proxy-port', 442],
  ['healthz-port', 10_254],
  ['default-server-port', 8181],
  ['profiler-port', 10_245],
  ['status-port', 10_246],
  ['stream-port', 10_247],
]);

function portsOf(told: (name: string) => number): NginxOptions['ports'] {
  const of = (name: string) => (Number.isInteger(told(name)) ? told(name) : (OWN_PORTS.get(name) ?? 0));
  return { http: of('http-port'), https: of('https-port'), reserved: new Set([...OWN_PORTS.keys()].map(of)) };
}

/** `lua_ingress.lua`, `header`. */
function hstsOf(flag: Flag, age: string): string | undefined {
  if (!flag('hsts', true)) return undefined;
  const parts = [
    `max-age=${age || '31536000'}`,
    ...(flag('hsts-include-subdomains', true) ? ['includeSubDomains'] : []),
    ...(flag('hsts-preload', false) ? ['preload'] : []),
  ];
  return parts.join('; ');
}

/** ngx_http_realip_module, as the template sets it. */
function realIpOf(flag: Flag, header: string, trusted: readonly string[] | undefined): NginxOptions['realIp'] {
  return {
    // By the PROXY protocol whoever stands in front says who the client is before any header (`nginx.tmpl`, `real_ip_header proxy_protocol`).
    isBelieved: !flag('use-proxy-protocol', false) && (flag('use-forwarded-headers', false) || flag('enable-real-ip', false)),
    header: header || 'X-Forwarded-For',
    trusted: trusted ?? ['0.0.0.0/0'],
    isRecursive: flag('enable-real-ip-recursive', true),
  };
}

/** `config.go`, `GlobalExternalAuth`. */
function globalService(text: (name: string) => string, list: (name: string) => readonly string[], flag: Flag): AskedService {
  return {
    signIn: text('global-auth-signin'),
    signInParameter: text('global-auth-signin-redirect-param') || 'rd',
    headers: list('global-auth-response-headers'),
    alwaysSetsCookie: flag('global-auth-always-set-cookie', false),
    askedWith: '',
  };
}

/** Whether the version that is told is older; false where none is. */
function isBefore(
  [major, minor, patch]: readonly number[],
  ...[ofMajor, ofMinor, ofPatch = 0]: readonly [number, number, number?]
): boolean {
  if (major === undefined || minor === undefined) return false;
  return major < ofMajor || (major === ofMajor && (minor < ofMinor || (minor === ofMinor && (patch ?? 0) < ofPatch)));
}

/** Since 1.12.6 and 1.13.2 (kubernetes/ingress-nginx#11176). */
function allowsDots(version: readonly number[]): boolean {
  return version[0] === 1 && version[1] === 13 ? !isBefore(version, 1, 13, 2) : !isBefore(version, 1, 12, 6);
}

function flagOf(told: Told): boolean | undefined {
  if (typeof told === 'boolean') return told;
  return told === 'true' ? true : told === 'false' ? false : undefined;
}

/** In any case; what is none of them lets nothing but annotations of low risk through (`parser.StringRiskToRisk`). */
function riskLevelOf(told: Told): RiskLevel | undefined {
  const text = String(told ?? '').toLowerCase();
  return text === '' ? undefined : (RISK_LEVELS.find((level) => level.toLowerCase() === text) ?? 'Low');
}

function listOf(told: Told): readonly string[] | undefined {
  if (typeof told !== 'string' && typeof told !== 'number') return undefined;
  return String(told)
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
