import { parseGoBool } from '../../../kernel/go-bool.js';
import type { IngressControllerProfile } from '../../network-profile.js';
import type { ResourceIndex } from '../resource-index.js';
import { commandFlag, type PlacedComponent } from './network-traces.js';

type Options = IngressControllerProfile['options'];

/** Flags that say in which namespaces Ingresses are read. */
const WATCHED = ['watch-namespace', 'watch-namespace-selector'];
/** Ports of the controller itself, which no stream can have. */
const PORTS = [
  'default-server-port',
  'healthz-port',
  'http-port',
  'https-port',
  'profiler-port',
  'ssl-passthrough-proxy-port',
  'status-port',
  'stream-port',
];
/** Flags that say which Ingresses are, and how requests are routed (kubernetes/ingress-nginx `pkg/flags/flags.go`). */
const FLAGS = [
  'default-backend-service',
  'health-check-path',
  'ingress-class',
  'tcp-services-configmap',
  'udp-services-configmap',
  ...PORTS,
  ...WATCHED,
];
/** Those that are on or off: such a flag alone is `true`. */
const SWITCHES = ['deep-inspect', 'enable-annotation-validation', 'enable-ssl-passthrough', 'watch-ingress-without-class'];
/** Keys of the controller's ConfigMap that do (`internal/ingress/controller/config/config.go`). */
const KEYS = [
  'allow-cross-namespace-resources',
  'allow-snippet-annotations',
  'annotations-risk-level',
  'block-cidrs',
  'block-referers',
  'block-user-agents',
  'custom-http-errors',
  'denylist-source-range',
  'disable-proxy-intercept-errors',
  'enable-real-ip',
  'enable-real-ip-recursive',
  'enable-underscores-in-headers',
  'force-ssl-redirect',
  'forwarded-for-header',
  'global-allowed-response-headers',
  'global-auth-always-set-cookie',
  'global-auth-response-headers',
  'global-auth-signin',
  'global-auth-signin-redirect-param',
  'global-auth-url',
  'hsts',
  'hsts-include-subdomains',
  'hsts-max-age',
  'hsts-preload',
  'http-redirect-code',
  'ignore-invalid-headers',
  'no-auth-locations',
  'no-tls-redirect-locations',
  'preserve-trailing-slash',
  'proxy-body-size',
  'proxy-real-ip-cidr',
  'proxy-ssl-location-only',
  'relative-redirects',
  'service-upstream',
  'ssl-redirect',
  'ssl-reject-handshake',
  'strict-validate-path-type',
  'use-forwarded-headers',
  'use-port-in-redirects',
  'use-proxy-protocol',
  'whitelist-source-range',
];

/** An ingress-nginx that runs. */
export interface IngressNginxController {
  /** The `spec.controller` of the classes that it serves. */
  readonly controller: string;
  /** It serves the class of this name, too, whoever its controller is. */
  readonly className: string | undefined;
  /** Named as its flags and the keys of its ConfigMap are. */
  readonly options: Options;
}

/** The ingress-nginx that run; of several that serve the same classes the first one, in all namespaces where they divide these among them. */
export function ingressNginxControllers(
  { configMaps }: ResourceIndex,
  components: readonly PlacedComponent[],
): readonly IngressNginxController[] {
  const found = new Map<string, IngressNginxController>();
  for (const component of components) {
    if (!component.arguments.some((argument) => argument.endsWith('/nginx-ingress-controller'))) continue;
    const controller = commandFlag(component, 'controller-class') ?? 'k8s.io/ingress-nginx';
    const annotation = commandFlag(component, 'ingress-class') ?? 'nginx';
    const className = switchOf(component, 'ingress-class-by-name') === 'true' ? annotation : undefined;
    const key = JSON.stringify([controller, className]);
    const other = found.get(key);
    if (other) {
      found.set(key, {
        ...other,
        options: withoutDifferences(
          other.options,
          told(WATCHED, (name) => placed(commandFlag(component, name), component)),
        ),
      });
      continue;
    }
    const map = configMaps.get(placed(commandFlag(component, 'configmap'), component) ?? '');
    const version = /^v?(\d+\.\d+(?:\.\d+)?)/.exec(component.tag ?? '')?.[1];
    const options = {
      ...(version === undefined ? {} : { version }),
      'ingress-class': annotation,
      ...told(KEYS, (name) => map?.data[name]),
      ...told(FLAGS, (name) => placed(commandFlag(component, name), component)),
      ...told(SWITCHES, (name) => switchOf(component, name)),
    };
    found.set(key, { controller, className, options });
  }
  return [...found.values()];
}

/** Of two controllers of the same classes that watch other namespaces each, none tells which Ingresses are served. */
function withoutDifferences(options: Options, others: Options): Options {
  if (WATCHED.every((name) => options[name] === others[name])) return options;
  return Object.fromEntries(Object.entries(options).filter(([name]) => !WATCHED.includes(name)));
}

function told(names: readonly string[], valueOf: (name: string) => string | undefined): Options {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = valueOf(name);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

function switchOf(component: PlacedComponent, name: string): string | undefined {
  if (component.arguments.includes(`--${name}`)) return 'true';
  const told = parseGoBool(commandFlag(component, name) ?? '');
  return told === undefined ? undefined : String(told);
}

function placed(text: string | undefined, { object }: PlacedComponent): string | undefined {
  return text?.replace('$(POD_NAMESPACE)', object.namespace ?? '');
}
