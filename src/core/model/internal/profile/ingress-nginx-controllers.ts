import type { IngressControllerProfile } from '../../network-profile.js';
import type { ResourceIndex } from '../resource-index.js';
import { commandFlag, type PlacedComponent } from './network-traces.js';

type Options = IngressControllerProfile['options'];

/** Flags that say how requests are routed (kubernetes/ingress-nginx `pkg/flags/flags.go`). */
const FLAGS = ['deep-inspect', 'default-backend-service', 'enable-annotation-validation', 'enable-ssl-passthrough'];
/** Keys of the controller's ConfigMap that do (`internal/ingress/controller/config/config.go`). */
const KEYS = [
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
  'no-auth-locations',
  'no-tls-redirect-locations',
  'preserve-trailing-slash',
  'proxy-real-ip-cidr',
  'relative-redirects',
  'service-upstream',
  'ssl-redirect',
  'strict-validate-path-type',
  'use-forwarded-headers',
  'use-port-in-redirects',
  'whitelist-source-range',
];

/** The settings of each ingress-nginx that runs, by the `spec.controller` that it serves; named as its flags and the keys of its ConfigMap are. */
export function ingressNginxControllers(
  { configMaps }: ResourceIndex,
  components: readonly PlacedComponent[],
): ReadonlyMap<string, Options> {
  const found = new Map<string, Options>();
  for (const component of components) {
    if (!component.arguments.some((argument) => argument.endsWith('/nginx-ingress-controller'))) continue;
    const controller = commandFlag(component, 'controller-class') ?? 'k8s.io/ingress-nginx';
    if (found.has(controller)) continue;
    const map = configMaps.get(placed(commandFlag(component, 'configmap') ?? '', component));
    const version = /^v?(\d+\.\d+(?:\.\d+)?)/.exec(component.tag ?? '')?.[1];
    found.set(controller, {
      ...(version === undefined ? {} : { version }),
      ...Object.fromEntries(KEYS.flatMap((key) => (map?.data[key] === undefined ? [] : [[key, map.data[key]]]))),
      ...Object.fromEntries(FLAGS.flatMap((name) => flagOf(component, name))),
    });
  }
  return found;
}

/** A flag alone is `true`. */
function flagOf(component: PlacedComponent, name: string): readonly (readonly [name: string, value: string])[] {
  if (component.arguments.includes(`--${name}`) && name.startsWith('enable-')) return [[name, 'true']];
  const value = commandFlag(component, name);
  return value === undefined ? [] : [[name, placed(value, component)]];
}

function placed(text: string, { object }: PlacedComponent): string {
  return text.replace('$(POD_NAMESPACE)', object.namespace ?? '');
}
