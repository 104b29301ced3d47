import type { Answer, Note } from '../kernel/answer.js';
import { Trail } from '../kernel/evidence.js';
import type { Steps } from '../kernel/steps.js';
import { formatIp, type IpFamily } from '../net/ip.js';
import type { ModelService, NetworkModel } from '../model/network-model.js';
import type { BalancedService } from './internal/balancers/balanced-service.js';
import type { Balancer, BalancerClaim, BalancerCondition, BalancerProvider, PoolFit } from './internal/balancers/balancer-claim.js';
import { balancers, providersFor } from './internal/balancers/balancers-of.js';
import { calicoBalancerPools } from './internal/balancers/calico-request.js';
import type { IpamReason } from './ipam-reasons.js';
import { confidenceOf } from './list-pools.js';

/** What comes of a load balancer's addresses. */
export const LOAD_BALANCER_VERDICTS = {
  ASSIGNED: 'it has every address that it asks for',
  EXPECTED: 'it lacks an address, and a pool gives it one',
  PENDING: 'it lacks an address, and no pool gives it one',
  NOT_BALANCED: 'the service is not of type LoadBalancer',
  UNKNOWN: 'no pool that could serve it is known: its addresses come from elsewhere, or the pools were not imported',
} as const satisfies Record<string, string>;

/** One of them. */
export type LoadBalancerVerdict = keyof typeof LOAD_BALANCER_VERDICTS;

/** An address that the service has or gets. */
export interface BalancerAddressView {
  readonly ip: string;
  /** Null: it is a node's, or nobody knows which pool it is of. */
  readonly pool: string | null;
  /** The status of the service names it already. */
  readonly held: boolean;
  /** Other services that have it; of a node's they are not told. */
  readonly sharedWith: readonly string[];
}

/** What the question answers with. */
export interface LoadBalancerResult {
  readonly service: string;
  /** Null: nobody whose pools are known. */
  readonly provider: BalancerProvider | null;
  readonly loadBalancerClass: string | null;
  readonly families: readonly IpFamily[];
  readonly addresses: readonly BalancerAddressView[];
  /** Addresses of the status that are taken away. */
  readonly lost: readonly string[];
  /** Why it does not get what it asks for; null where it does. */
  readonly reason: IpamReason | null;
  readonly message: string | null;
  /** What the provider writes into the status of the service; null: it writes none. */
  readonly condition: BalancerCondition | null;
  /** In the order in which they are tried. */
  readonly pools: readonly Required<PoolFit>[];
}

/** From which pool a service of type LoadBalancer has or gets its addresses, and why it is pending. Yields often. */
export function* serveLoadBalancer(model: NetworkModel, service: ModelService): Steps<Answer<LoadBalancerVerdict, LoadBalancerResult>> {
  const key = `${service.namespace}/${service.name}`;
  const { resource } = service;
  const served = yield* balancers.steps(model);
  const balanced = served.services.get(key);
  if (!balanced) return unbalanced(key, `\`${key}\` is of type ${resource.type}`);
  const [provider] = providersFor(model, balanced);
  const balancer = provider && served.of[provider];
  const claim = balancer?.claimOf(key);
  if (!balancer || !claim) return unknown(balanced, unmodelled(model, balanced));
  return answered(model, balanced, claim, balancer);
}

function unbalanced(service: string, summary: string): Answer<LoadBalancerVerdict, LoadBalancerResult> {
  const result = { ...NOTHING, service, provider: null, loadBalancerClass: null, families: [], addresses: [] };
  return {
    verdict: 'NOT_BALANCED',
    summary,
    result,
    evidence: [],
    assumptions: [],
    warnings: [],
    confidence: 'CERTAIN',
    enforcement: null,
  };
}

const NOTHING = { lost: [], reason: null, message: null, condition: null, pools: [] };

/** Classes that kube-router's allocator serves where it is told to serve all (cloudnativelabs/kube-router `pkg/controllers/lballoc/lballoc.go`, checkClass). */
const KUBE_ROUTER = 'kube-router';
const KUBE_ROUTER_DEFAULTS: ReadonlySet<string> = new Set(['', 'default']);

/** Who else may give it addresses, whose rules are not modelled. */
function unmodelled({ profile }: NetworkModel, { resource }: BalancedService): readonly Note[] {
  const { loadBalancerClass = '' } = resource;
  const isDefault = profile.cni.plugin === KUBE_ROUTER && KUBE_ROUTER_DEFAULTS.has(loadBalancerClass);
  if (loadBalancerClass !== KUBE_ROUTER && !isDefault) return [];
  const message = 'kube-router may give it an address of its `--loadbalancer-ip-range`: which one is not modelled';
  return [{ code: 'BALANCER_UNSUPPORTED', message }];
}

function unknown(
  { key, held, families, resource }: BalancedService,
  warnings: readonly Note[],
): Answer<LoadBalancerVerdict, LoadBalancerResult> {
  const loadBalancerClass = resource.loadBalancerClass ?? null;
  const trail = new Trail();
  const addresses = held.map((ip) => ({ ip: formatIp(ip), pool: null, held: true, sharedWith: [] }));
  if (loadBalancerClass !== null) {
    const message = `\`${key}\` is of the class \`${loadBalancerClass}\`, which none of the known pools serves`;
    trail.add({
      stage: 'provider',
      outcome: 'info',
      reason: 'BALANCER_OTHER_CLASS',
      message,
      object: resource.ref,
      pointer: '/spec/loadBalancerClass',
    });
  }
  const has = held.length === 0 ? 'has no address' : `has ${addresses.map(({ ip }) => ip).join(', ')}`;
  return {
    verdict: held.length > 0 ? 'ASSIGNED' : 'UNKNOWN',
    summary: `\`${key}\` ${has}, and no pool that could serve it is known`,
    result: { ...NOTHING, service: key, provider: null, loadBalancerClass, families, addresses },
    evidence: trail.list(),
    assumptions: [],
    warnings,
    confidence: held.length > 0 ? 'CERTAIN' : 'INSUFFICIENT_INFO',
    enforcement: null,
  };
}

function answered(
  model: NetworkModel,
  balanced: BalancedService,
  claim: BalancerClaim,
  balancer: Balancer,
): Answer<LoadBalancerVerdict, LoadBalancerResult> {
  const { key, families, resource } = balanced;
  const pools = balancer.fits(key).map((fit) => {
    const isServing = claim.addresses.some(({ pool }) => pool === fit.pool);
    return { ...fit, ...(isServing ? SERVING : {}), conditions: fit.conditions ?? [] };
  });
  const addresses = claim.addresses.map(({ ip, pool, held }) => ({
    ip: formatIp(ip),
    pool,
    held,
    sharedWith: balancer.usersOf(ip).filter((user) => user !== key),
  }));
  const lost = claim.lost.map(formatIp);
  const [refusal] = claim.refusals;
  const verdict = refusal ? 'PENDING' : addresses.every(({ held }) => held) ? 'ASSIGNED' : 'EXPECTED';
  const assumptions = assumptionsOf(providersFor(model, balanced));
  return {
    verdict,
    summary: summaryOf(key, addresses, refusal?.message),
    result: {
      service: key,
      provider: claim.provider,
      loadBalancerClass: resource.loadBalancerClass ?? null,
      families,
      addresses,
      lost,
      reason: refusal?.reason ?? null,
      message: refusal?.message ?? null,
      condition: claim.condition ?? null,
      pools,
    },
    evidence: evidenceOf(model, resource.ref, claim, pools, addresses),
    assumptions,
    warnings: lost.map((ip) => ({ code: 'BALANCER_LOST', message: `${ip} of its status is of no pool that gives it: it is taken away` })),
    confidence: confidenceOf(assumptions),
    enforcement: null,
  };
}

/** A pool of which the service has an address, whatever it would give now: its own address may be what fills it. */
const SERVING = { serves: true, reason: 'BALANCER_SERVES', message: 'the service has an address of it' } as const;

const NAMES: Readonly<Record<BalancerProvider, string>> = {
  cilium: 'Cilium',
  ciliumNodes: 'Cilium',
  metallb: 'MetalLB',
  calico: 'Calico',
};

function assumptionsOf(providers: readonly BalancerProvider[]): readonly Note[] {
  const [first] = providers;
  if (!first || providers.length === 1) return [];
  const names = providers.map((one) => NAMES[one]).join(' and ');
  return [{ code: 'SEVERAL_BALANCERS', message: `${names} would give it addresses: it is taken to be ${NAMES[first]}’s` }];
}

function summaryOf(key: string, addresses: readonly BalancerAddressView[], refusal: string | undefined): string {
  const given = addresses.map(({ ip, pool, held }) => `${held ? 'has' : 'gets'} ${ip} of ${placeOf(pool)}`);
  const parts = [...given, ...(refusal === undefined ? [] : [`is pending: ${refusal}`])];
  return `\`${key}\` ${parts.length > 0 ? parts.join(' and ') : 'asks for no address'}`;
}

function placeOf(pool: string | null): string {
  return pool === null ? 'a node' : `the pool \`${pool}\``;
}

function evidenceOf(
  model: NetworkModel,
  ref: ModelService['ref'],
  claim: BalancerClaim,
  pools: readonly PoolFit[],
  addresses: readonly BalancerAddressView[],
): ReturnType<Trail['list']> {
  const trail = new Trail();
  const sources = new Map(poolsOf(model, claim.provider).map(({ ref }) => [ref.name, ref]));
  for (const { pool, serves, reason, message } of pools) {
    const step = { stage: 'pools', reason, message: `\`${pool}\`: ${message}`, object: sources.get(pool) };
    trail.add({ ...step, outcome: serves ? 'selected' : 'excluded' });
  }
  for (const { ip, pool, held } of addresses) {
    const message = `it ${held ? 'has' : 'gets'} ${ip} of ${placeOf(pool)}`;
    trail.add({ stage: 'addresses', outcome: 'match', reason: held ? 'HELD_BY_LOAD_BALANCER' : 'CHOSEN', message, object: ref });
  }
  for (const { reason, message } of claim.refusals) trail.add({ stage: 'addresses', outcome: 'no-match', reason, message, object: ref });
  for (const ip of claim.lost) {
    trail.add({
      stage: 'addresses',
      outcome: 'info',
      reason: 'BALANCER_LOST',
      message: `${formatIp(ip)} is taken away`,
      object: ref,
      pointer: '/status',
    });
  }
  return trail.list();
}

function poolsOf(model: NetworkModel, provider: BalancerProvider): readonly { readonly ref: ModelService['ref'] }[] {
  if (provider === 'calico') return calicoBalancerPools(model);
  return provider === 'ciliumNodes' ? [] : model.loadBalancerPools[provider];
}
