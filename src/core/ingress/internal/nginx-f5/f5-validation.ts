import type { Steps } from '../../../kernel/steps.js';
import { inBrief } from '../../../kernel/in-brief.js';
import type { Ingress } from '../../../resources/ingress.js';
import { isBrokenInEveryEngine } from '../../../regex/parse-regex.js';
import { hostFault } from '../request-host.js';
import { isDnsSubdomain } from '../../../resources/dns-label.js';
import { f5Annotations, POLICIES, POLICIES_OF_PLUS } from './f5-annotations.js';
import { annotationValueFault } from './f5-annotation-faults.js';
import { SNIPPETS_OFF } from './f5-objects.js';
import type { F5Options } from './f5-options.js';
import { LISTEN_PORTS } from './f5-listeners.js';
import { EVERY_OTHER_HOST, hostOf, PATHS_IN_A_STEP } from './f5-server.js';

/** Why the controller refuses an Ingress as a whole (nginx/kubernetes-ingress `internal/k8s/validation.go`, `validateIngress`); undefined: it takes it. */
export function* f5Fault(ingress: Ingress, options: Pick<F5Options, 'snippets' | 'takesEmptyHosts' | 'off'>): Steps<string | undefined> {
  const { serverSnippets, locationSnippets } = f5Annotations(ingress);
  if (options.snippets === false && (serverSnippets || locationSnippets)) return SNIPPETS_OFF;
  return annotationFault(ingress, options) ?? (yield* specFault(ingress, options.takesEmptyHosts)) ?? mergeableFault(ingress);
}

const SERVICES = ['nginx.org/websocket-services', 'nginx.org/ssl-services', 'nginx.org/grpc-services'];

function annotationFault(ingress: Ingress, options: Pick<F5Options, 'off'>): string | undefined {
  const fault = annotationValueFault(ingress, options);
  if (fault !== undefined) return fault;
  const { annotations } = ingress;
  const partsOf = (name: string, mark: string) => (Object.hasOwn(annotations, name) ? (annotations[name] ?? '').split(mark) : []);
  for (const name of [POLICIES, POLICIES_OF_PLUS]) {
    const unnamed = partsOf(name, ',').find((one) => !isPolicyName(one.trim()));
    if (unnamed !== undefined) return `\`${name}\` names \`${inBrief(unnamed.trim())}\`, which is neither a name nor \`namespace/name\``;
  }
  // `ParseServiceList` leaves blanks beside a comma to the names.
  const lists = SERVICES.flatMap((name) => partsOf(name, ',').map((service) => [name, service] as const));
  const rewritten = partsOf(REWRITES, ';').map((part) => [REWRITES, /=(\S*)/.exec(part)?.[1] ?? ''] as const);
  const known = servicesOf(ingress);
  const stray = [...lists, ...rewritten].find(([, service]) => !known.has(service));
  return stray && `\`${stray[0]}\` names Service \`${inBrief(stray[1])}\`, which no path of the Ingress has`;
}

const REWRITES = 'nginx.org/rewrites';

function isPolicyName(text: string): boolean {
  const parts = text.split('/');
  return parts.length <= 2 && parts.every(isDnsSubdomain);
}

function servicesOf({ defaultBackend, rules }: Ingress): ReadonlySet<string> {
  const backends = rules.flatMap(({ paths }) => paths.map(({ backend }) => backend));
  return new Set([...(defaultBackend ? [defaultBackend] : []), ...backends].flatMap((one) => (one.type === 'service' ? one.name : [])));
}

/** `validateIngressSpec`. */
function* specFault({ rules, defaultBackend, annotations }: Ingress, takesEmptyHosts: boolean): Steps<string | undefined> {
  if (defaultBackend?.type === 'resource') return 'a resource cannot be its default backend';
  const hosts = rules.map(hostOf);
  if (rules.length === 0) return 'an Ingress needs rules';
  if (hosts.includes(EVERY_OTHER_HOST)) {
    if (!takesEmptyHosts) return 'every rule needs a host, unless the controller runs with `-allow-empty-ingress-host`';
    const ports = LISTEN_PORTS.find((name) => Object.hasOwn(annotations, name));
    if (ports !== undefined) return `\`${ports}\` cannot stand beside a rule without host, whose ports are those of the default server`;
  }
  if (new Set(hosts).size < hosts.length) return 'two rules have the same host';
  const bad = hosts.find((host) => host !== EVERY_OTHER_HOST && hostFault(host) !== undefined);
  if (bad !== undefined) return `\`${inBrief(bad)}\` is no host name`;
  let looked = 0;
  for (const { paths } of rules) {
    for (const { path, backend } of paths) {
      if (++looked % PATHS_IN_A_STEP === 0) yield;
      const fault = textFault(path) ?? (backend.type === 'resource' ? 'a resource cannot be its backend' : undefined);
      if (fault !== undefined) return `the path \`${inBrief(path)}\`: ${fault}`;
    }
  }
  return undefined;
}

/** `validatePath`: whatever its type, a path has to be an expression, too. */
function textFault(path: string): string | undefined {
  if (path === '') return undefined;
  if (!/^\/[^\s;]*$/.test(path)) return 'it must begin with `/` and have neither blanks nor `;`';
  if (isBrokenInEveryEngine(path)) return 'it is no expression';
  if (!/^(?:[^"\\]|\\.)*$/.test(path)) return 'a quotation mark must be escaped, and a backslash escape something';
  // Behind the last `}` no brace is closed: looking for its end would go through the rest for each that is open.
  const closed = path.slice(0, path.lastIndexOf('}') + 1);
  if ([...closed.matchAll(/\{(.*?)\}/g)].some(([, inside = '']) => /[A-Za-z]/.test(inside))) return 'braces hold no letters';
  return /^\/etc\/|\/root|\/var|\\n|\\r$/.test(path) ? 'paths with `/etc/`, `/root`, `/var` and line ends are refused' : undefined;
}

/** `validateMasterSpec`, `validateMinionSpec`. */
function mergeableFault(ingress: Ingress): string | undefined {
  const { rules, tls } = ingress;
  const kind = f5Annotations(ingress).mergeable;
  if (kind === undefined) return undefined;
  if (rules.length !== 1) return `an Ingress of type ${kind} has one rule`;
  const paths = rules[0]?.paths.length ?? 0;
  if (kind === 'master') return paths > 0 ? 'an Ingress of type master has no paths' : undefined;
  if (paths === 0) return 'an Ingress of type minion needs paths';
  return tls.length > 0 ? 'an Ingress of type minion has no TLS' : undefined;
}
