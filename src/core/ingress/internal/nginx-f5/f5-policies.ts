import type { Note } from '../../../kernel/answer.js';
import { assertNever } from '../../../kernel/assert-never.js';
import { inMap } from '../../../kernel/in-map.js';
import { describeRef } from '../../../kernel/object-ref.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { RouteRequest } from '../../route-request.js';
import type { NginxPolicy, NginxPolicyAction, NginxPolicyReference, NginxSecret } from '../../../resources/nginx-policy.js';
import type { Ingress } from '../../../resources/ingress.js';
import type { VirtualServer } from '../../../resources/virtual-server.js';
import { takesOf } from '../class-takes.js';
import { f5Annotations, isOfPlainAnnotation } from './f5-annotations.js';
import { type F5Options, f5Options, needFault, unseenSecret } from './f5-options.js';

/** Policies that a VirtualServer, a route or a subroute names. */
export interface NamedPolicies {
  /** Where one without a namespace is looked for. */
  readonly namespace: string;
  readonly references: readonly NginxPolicyReference[];
  /** Who names them: a VirtualServer for all of it, one of its routes, an Ingress, or a minion. */
  readonly by: 'server' | 'route' | 'ingress' | 'minion';
}

/** A Policy, and what it does. */
export interface UsedPolicy<Action extends NginxPolicyAction = NginxPolicyAction> {
  readonly policy: NginxPolicy;
  readonly action: Action;
}

/** What Policies come to where they are named: by the directive of nginx that they make, for a location has its own or else those of its server. */
export type PolicySet = ReadonlyMap<string, readonly UsedPolicy[]>;

/** What becomes of the Policies that are named; `fault`: nginx answers 500 instead of everything. */
export type NamedOutcome =
  { readonly set: PolicySet; readonly fault?: undefined } | { readonly fault: { readonly message: string; readonly pointer: string } };

/** The Policies that a controller reads (nginx/kubernetes-ingress `internal/configs/policy.go`, `generatePolicies`). */
export class F5Policies {
  private readonly known = new WeakMap<readonly NginxPolicyReference[], NamedOutcome>();
  private readonly watches: (namespace: string) => boolean;
  private readonly options: F5Options;

  constructor(
    private readonly model: NetworkModel,
    private readonly className: string | undefined,
  ) {
    this.watches = takesOf(model, className, 'nginx-f5').watches;
    this.options = f5Options(model, className);
  }

  /** `endsTls`: the server takes https. */
  of(named: NamedPolicies, endsTls: boolean): NamedOutcome {
    return inMap(this.known, named.references, () => this.read(named, endsTls));
  }

  /** Those that hold for all of a VirtualServer. */
  ofServer({ namespace, policies: references }: VirtualServer, endsTls: boolean): NamedOutcome {
    return this.of({ namespace, references, by: 'server' }, endsTls);
  }

  /** Those that an Ingress names by annotations. */
  ofIngress(ingress: Pick<Ingress, 'annotations' | 'namespace' | 'tls'>, by: 'ingress' | 'minion'): NamedOutcome {
    return this.of({ namespace: ingress.namespace, references: f5Annotations(ingress).policies, by }, ingress.tls.length > 0);
  }

  /** Whether the controller has no such Policy that it can use. */
  isMissing(key: string): boolean {
    return this.whyUnusable(this.model.virtualServers.policies.get(key), key) !== undefined;
  }

  private read({ namespace, references, by }: NamedPolicies, endsTls: boolean): NamedOutcome {
    const set = new Map<string, UsedPolicy[]>();
    for (const reference of references) {
      const { name, namespace: other = namespace, pointer } = reference;
      const key = `${other}/${name}`;
      const policy = this.model.virtualServers.policies.get(key);
      const { action } = policy ?? {};
      const unusable = this.whyUnusable(policy, key);
      if (unusable === undefined && action && isLeftOut(action, reference, by)) continue;
      const message = unusable ?? this.faultOf(policy, set, by, endsTls);
      if (message !== undefined) return { fault: { message, pointer } };
      if (!policy || !action) continue;
      const used = inMap(set, directiveOf(action), (): UsedPolicy[] => []);
      if (isReplaced(action)) used.length = 0;
      if (used.length === 0 || isAdded(action)) used.push({ policy, action });
    }
    return { set };
  }

  private whyUnusable(policy: NginxPolicy | undefined, key: string): string | undefined {
    if (!policy) return `there is no Policy ${key}`;
    if (!this.watches(policy.namespace)) return `Policy ${key} is in a namespace that the controller does not watch`;
    const fault = policy.fault ?? needFault(this.options, policy.needs);
    if (fault !== undefined) return `Policy ${key} is invalid: ${fault}`;
    const isRead = policy.className === undefined || this.className === undefined || policy.className === this.className;
    return isRead ? undefined : `Policy ${key} is of class \`${policy.className ?? ''}\``;
  }

  private faultOf(policy: NginxPolicy | undefined, set: PolicySet, by: NamedPolicies['by'], endsTls: boolean): string | undefined {
    const { action } = policy ?? {};
    if (!policy || !action) return undefined;
    const name = `Policy ${policy.namespace}/${policy.ref.name}`;
    const misplaced = misplacedFault(action, by, endsTls);
    if (misplaced !== undefined) return `${name} ${misplaced}`;
    if (SIGN_INS.every((by) => by === directiveOf(action) || set.has(by)) && SIGN_INS.includes(directiveOf(action)))
      return `${name} has clients sign in, and so does another one beside it that does so in another way`;
    const first = set.get(directiveOf(action))?.[0];
    if (first && !isAdded(action))
      return isKey(action) ? `${name} asks for a key, and so does ${describeRef(first.policy.ref)}` : undefined;
    const fault = secretsOf(action)
      .map((secret) => this.secretFault(policy.namespace, secret))
      .find((why) => why !== undefined);
    const why = fault ?? this.askedFault(policy.namespace, action);
    return why && `${name}: ${why}`;
  }

  /** A service that is not there cannot be asked: what is neither 2xx, 401 nor 403 is 500 to ngx_http_auth_request_module. */
  private askedFault(own: string, action: NginxPolicyAction): string | undefined {
    const asked = action.type === 'authentication' ? action.asked : undefined;
    if (!asked) return undefined;
    const { namespace = own, name } = asked;
    return this.model.services.has(`${namespace}/${name}`) || !this.watches(namespace)
      ? undefined
      : `there is no Service ${namespace}/${name} to ask`;
  }

  /** A Secret is taken to be there where no Secret at all is stored. */
  private secretFault(own: string, { namespace = own, name, type }: NginxSecret): string | undefined {
    const unseen = unseenSecret(this.options, namespace);
    if (unseen !== undefined) return unseen;
    const { secrets } = this.model;
    const secret = secrets.get(`${namespace}/${name}`);
    if (!secret) return secrets.size === 0 ? undefined : `there is no Secret ${namespace}/${name}`;
    return secret.type === type ? undefined : `Secret ${namespace}/${name} is of type \`${secret.type}\`, not \`${type}\``;
  }
}

const isOfIngress = (by: NamedPolicies['by']) => by === 'ingress' || by === 'minion';

/** What Ingresses have of NGINX Plus stands in an annotation of its own: in the other one it has no effect (`filterIngressPolicyRefs`, docs.nginx.com "OIDCNative on Ingress"). */
function isLeftOut(action: NginxPolicyAction, reference: NginxPolicyReference, by: NamedPolicies['by']): boolean {
  return isOfIngress(by) && ['waf', 'oidcNative'].includes(directiveOf(action)) && isOfPlainAnnotation(reference);
}

/** Types that Ingresses can have (`IsPolicySupportedOnIngress`; table of docs.nginx.com "Policy specification"). */
const OF_INGRESSES = ['accessControl', 'cors', 'egressMTLS', 'ingressMTLS', 'externalAuth', 'waf', 'oidcNative'];

/** Why a Policy cannot stand where it is named (`generatePolicies`, `addIngressMTLSConfig`; docs.nginx.com "HSTS"). */
function misplacedFault(action: NginxPolicyAction, by: NamedPolicies['by'], endsTls: boolean): string | undefined {
  if (isOfIngress(by) && !OF_INGRESSES.includes(directiveOf(action))) return 'is of a type that Ingresses cannot have';
  if (action.type === 'ingressMTLS') {
    if (!endsTls && by !== 'minion') return 'asks for certificates of clients, and the host has no TLS';
    return by === 'route' || by === 'minion' ? 'asks for certificates of clients, which none but a whole host can' : undefined;
  }
  if (action.type !== 'hsts') return undefined;
  if (by === 'route') return 'asks browsers for https, which none but a whole host can';
  return endsTls || action.behindProxy ? undefined : 'asks browsers for https, and the host has no TLS';
}

/** A place has one of these at most (docs.nginx.com "OIDCNative": "a static 500 response"). */
const SIGN_INS = ['oidc', 'oidcNative'];

/** Of several the controller takes all, of others the first. */
const isAdded = ({ type }: NginxPolicyAction) => type === 'accessControl' || type === 'rateLimit';

/** Of several the last is taken (`addCORSConfig` sets what the one before it has set). */
const isReplaced = ({ type }: NginxPolicyAction) => type === 'cors';

const isKey = (action: NginxPolicyAction) => action.type === 'authentication' && action.by === 'apiKey';

function directiveOf(action: NginxPolicyAction): string {
  return action.type === 'authentication' ? action.by : action.type;
}

function secretsOf(action: NginxPolicyAction): readonly NginxSecret[] {
  const own = (name: string | undefined, type: string): readonly NginxSecret[] =>
    name === undefined ? [] : [{ namespace: undefined, name, type }];
  switch (action.type) {
    case 'authentication':
      return action.secrets;
    case 'ingressMTLS':
      return own(action.secret, 'nginx.org/ca');
    case 'egressMTLS':
      return [...own(action.tlsSecret, 'kubernetes.io/tls'), ...own(action.trustedSecret, 'nginx.org/ca')];
    case 'accessControl':
    case 'rateLimit':
    case 'cache':
    case 'waf':
    case 'cors':
    case 'hsts':
      return [];
    default:
      return assertNever(action);
  }
}

/** The Policies of one kind. */
export function usedOf<Type extends NginxPolicyAction['type']>(
  set: PolicySet,
  type: Type,
): readonly UsedPolicy<Extract<NginxPolicyAction, { readonly type: Type }>>[] {
  return [...set.values()]
    .flat()
    .filter((one): one is UsedPolicy<Extract<NginxPolicyAction, { readonly type: Type }>> => one.action.type === type);
}

/** What is taken for granted of clients and requests that Policies let through; whatever the controller is not known to run. */
export function grantedBy(set: PolicySet, { scheme, auth }: RouteRequest, { isPlus }: Pick<F5Options, 'isPlus'>): readonly Note[] {
  const nameOf = ({ policy }: UsedPolicy) => `\`${policy.namespace}/${policy.ref.name}\``;
  const asking = usedOf(set, 'authentication');
  const needsPlus = [...set.values()].some((used) => used.some(({ policy }) => policy.needs.some(({ flag }) => flag === 'nginx-plus')));
  const certificates = scheme === 'https' ? usedOf(set, 'ingressMTLS').filter(({ action }) => action.verifyClient === 'on') : [];
  const conditional = (['rateLimit', 'cache', 'waf'] as const).flatMap((type) => [...usedOf(set, type)]);
  const note = (code: string, message: string, of: readonly UsedPolicy[]): readonly Note[] =>
    of.length === 0 ? [] : [{ code, message: message.replace('%', of.map(nameOf).join(', ')) }];
  return [
    ...note('AUTHENTICATION_PASSED', 'the client is taken to prove who it is, as the policies % ask', auth ? [] : asking),
    ...note('CLIENT_CERTIFICATE_ASSUMED', 'the client is taken to present a certificate that the policy % accepts', certificates),
    ...note('MIDDLEWARE_CONDITION', 'the policies % (rates, caches, firewalls) are taken not to act', conditional),
    ...(needsPlus && !isPlus
      ? [
          {
            code: 'NGINX_PLUS_ASSUMED',
            message: 'the controller is taken to run NGINX Plus; without it such a policy is invalid, and nginx answers 500',
          },
        ]
      : []),
  ];
}
