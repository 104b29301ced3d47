import { parseGoBool } from '../../../kernel/go-bool.js';
import { NGINX_FLAGS } from '../../../resources/nginx-policy.js';
import type { IngressControllerProfile } from '../../network-profile.js';
import type { ResourceIndex } from '../resource-index.js';
import type { PlacedComponent } from './network-traces.js';

/** Flags that say what is served and how, with what holds without them (nginx/kubernetes-ingress `cmd/nginx-ingress/flags.go`). */
const TEXTS = [
  'global-configuration',
  'default-server-tls-secret',
  'wildcard-tls-secret',
  'watch-namespace',
  'watch-namespace-label',
  'watch-secret-namespace',
];
/** Flags that are followed by a text. */
const WITH_TEXT = new Set([...TEXTS, 'ingress-class', 'external-service', 'nginx-configmaps']);
/** Keys of its ConfigMap that do (`internal/configs/configmaps.go`, `ParseConfigMap`). */
const KEYS = [
  'client-max-body-size',
  'default-server-return',
  'hsts',
  'hsts-behind-proxy',
  'hsts-include-subdomains',
  'hsts-max-age',
  'http-redirect-code',
  'http2',
  'redirect-to-https',
  'ssl-redirect',
];
const SWITCHES: Readonly<Record<string, boolean>> = {
  'allow-empty-ingress-host': false,
  'enable-custom-resources': true,
  'enable-snippets': false,
  'enable-tls-passthrough': false,
  ...Object.fromEntries(NGINX_FLAGS.map((flag) => [flag, false])),
};

/** A controller of NGINX Inc. that runs. */
export interface NginxF5Controller {
  /** The class that it serves, by its name (`-ingress-class`). */
  readonly className: string;
  /** Named as its flags and the keys of its ConfigMap are. */
  readonly options: IngressControllerProfile['options'];
}

/** The controllers of NGINX Inc. that run; of several for one class the first. */
export function nginxF5Controllers(
  { configMaps }: Pick<ResourceIndex, 'configMaps'>,
  components: readonly PlacedComponent[],
): readonly NginxF5Controller[] {
  const found = new Map<string, NginxF5Controller>();
  for (const component of components) {
    if (component.image !== 'nginx-ingress' && component.image !== 'nginx-plus-ingress') continue;
    const flags = flagsOf(component.arguments);
    const className = flags.get('ingress-class') ?? 'nginx';
    const own = component.object.namespace ?? '';
    const service = flags.get('external-service') ?? '';
    const data = configMaps.get(placed(flags.get('nginx-configmaps') ?? '', own))?.data ?? {};
    const options = {
      ...Object.fromEntries(KEYS.flatMap((key) => (Object.hasOwn(data, key) ? [[key, data[key] ?? '']] : []))),
      ...Object.fromEntries(TEXTS.map((name) => [name, placed(flags.get(name) ?? '', own)])),
      'external-service': service === '' ? '' : `${own}/${service}`,
      ...Object.fromEntries(Object.entries(SWITCHES).map(([name, usual]) => [name, parseGoBool(flags.get(name) ?? '') ?? usual])),
    };
    if (!found.has(className)) found.set(className, { className, options });
  }
  return [...found.values()];
}

/** `-name=value` or `--name=value`; a flag alone is on (package `flag` of Go, where one of text takes what comes next). */
function flagsOf(all: readonly string[]): ReadonlyMap<string, string> {
  const flags = new Map<string, string>();
  for (const [place, argument] of all.entries()) {
    const [, name, value] = /^--?([a-z][\w-]*)(?:=([\s\S]*))?$/.exec(argument) ?? [];
    if (name === undefined) continue;
    const next = all[place + 1];
    flags.set(name, value ?? (WITH_TEXT.has(name) ? (next ?? '') : 'true'));
  }
  return flags;
}

const placed = (text: string, namespace: string) => text.replace('$(POD_NAMESPACE)', namespace);
