import { parseGoBool } from '../../../kernel/go-bool.js';
import { inMap } from '../../../kernel/in-map.js';
import type { NetworkModel } from '../../../model/network-model.js';
import { NGINX_FLAGS, type NginxFlag, type NginxNeed } from '../../../resources/nginx-policy.js';

/** Flags of the controller, which no Ingress tells: those of the profile's `options`, read from its arguments where it runs in the cluster (nginx/kubernetes-ingress `cmd/nginx-ingress/flags.go`). Undefined: not told. */
export interface F5Options {
  readonly passesTls: boolean | undefined;
  readonly snippets: boolean | undefined;
  /** Rules without a host are taken, which have what no other server does (`-allow-empty-ingress-host`, since version 5.5). */
  readonly takesEmptyHosts: boolean;
  /** It reads kinds of its own beside Ingresses; so it does unless told otherwise. */
  readonly customResources: boolean;
  /** `namespace/name`; empty: it reads none. */
  readonly globalConfiguration: string | undefined;
  /** What its ConfigMap says for Ingresses that do not say it themselves, by the names of their annotations (`parseAnnotations` of `internal/configs/annotations.go`). */
  readonly defaults: Annotations;
  /** Without it `nginx.org/grpc-services` has no effect; undefined: not told. */
  readonly http2: boolean | undefined;
  /** What the server that takes what no other does answers (`return` of nginx); undefined: 404. */
  readonly defaultReturn: string | undefined;
  /** The server that takes what no other does is known to have no certificate: its handshakes are refused. */
  readonly refusesDefaultTls: boolean;
  /** Namespaces of which alone it reads Secrets; undefined: of those of everything else. */
  readonly secretNamespaces: ReadonlySet<string> | undefined;
  /** The Secret of hosts whose TLS names none; undefined: they have none. */
  readonly wildcardSecret: { readonly namespace: string; readonly name: string } | undefined;
  /** `namespace/name` of the Service whose addresses objects are said to be reached at. */
  readonly externalService: string | undefined;
  /** It is known to run NGINX Plus. */
  readonly isPlus: boolean;
  /** Parts of the controller that are known to be off: what needs one is refused. */
  readonly off: ReadonlySet<NginxFlag>;
}

type Annotations = Readonly<Record<string, string>>;

const BOOLEANS = ['hsts', 'hsts-behind-proxy', 'hsts-include-subdomains', 'redirect-to-https', 'ssl-redirect'];
const OTHERS = ['client-max-body-size', 'hsts-max-age', 'http-redirect-code'];

/** What is no boolean is left alone (`GetMapKeyAsBool`). */
function defaultsOf(text: (name: string) => string | undefined): Annotations {
  const told = [...BOOLEANS.filter((key) => parseGoBool(text(key) ?? '') !== undefined), ...OTHERS];
  return Object.fromEntries(told.flatMap((key) => (text(key) === undefined ? [] : [[`nginx.org/${key}`, text(key) ?? '']])));
}

const known = new WeakMap<NetworkModel, Map<string | undefined, F5Options>>();

export function f5Options(model: NetworkModel, className: string | undefined): F5Options {
  return inMap(
    inMap(known, model, () => new Map<string | undefined, F5Options>()),
    className,
    () => read(model, className),
  );
}

function read(model: NetworkModel, className: string | undefined): F5Options {
  const told = model.profile.ingress.controllers.find((one) => one.class === className)?.options ?? {};
  const text = (name: string) => (typeof told[name] === 'string' ? told[name] : undefined);
  const [, namespace, name] = /^([^/]+)\/([^/]+)$/.exec(text('wildcard-tls-secret') ?? '') ?? [];
  const on = (flag: string) => (told[flag] === undefined ? undefined : told[flag] === true);
  const secretNamespaces = (text('watch-secret-namespace') ?? '').split(',').flatMap((one) => one.trim() || []);
  return {
    defaults: defaultsOf(text),
    http2: text('http2') === undefined ? on('http2') : (parseGoBool(text('http2') ?? '') ?? false),
    defaultReturn: text('default-server-return') || undefined,
    refusesDefaultTls: text('default-server-tls-secret') === '',
    secretNamespaces: secretNamespaces.length === 0 ? undefined : new Set(secretNamespaces),
    passesTls: on('enable-tls-passthrough'),
    snippets: on('enable-snippets'),
    takesEmptyHosts: on('allow-empty-ingress-host') === true,
    customResources: on('enable-custom-resources') ?? true,
    globalConfiguration: text('global-configuration'),
    wildcardSecret: namespace === undefined || name === undefined ? undefined : { namespace, name },
    externalService: text('external-service') || undefined,
    isPlus: on('nginx-plus') === true,
    off: new Set(NGINX_FLAGS.filter((flag) => on(flag) === false)),
  };
}

/** Why the controller does not see a Secret that may well be there; undefined: it does (`-watch-secret-namespace`). */
export function unseenSecret({ secretNamespaces }: Pick<F5Options, 'secretNamespaces'>, namespace: string): string | undefined {
  if (secretNamespaces?.has(namespace) !== false) return undefined;
  return `the controller reads no Secrets of namespace ${namespace} (\`-watch-secret-namespace\`)`;
}

/** Why the controller refuses what needs flags that it runs without; undefined: it has them all, or it is not told that it has not. */
export function needFault({ off }: Pick<F5Options, 'off'>, needs: readonly NginxNeed[]): string | undefined {
  const missing = needs.find(({ flag }) => off.has(flag));
  return missing && `\`${missing.field}\` needs \`-${missing.flag}\`, without which the controller runs`;
}
