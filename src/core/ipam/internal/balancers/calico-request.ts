import { isJsonObject, type Json } from '../../../kernel/json.js';
import { err, ok, type Result } from '../../../kernel/result.js';
import { type Cidr, parseCidr } from '../../../net/cidr.js';
import { formatIp, type Ip, type IpFamily, parseIp } from '../../../net/ip.js';
import type { NetworkModel } from '../../../model/network-model.js';
import { type CalicoIPPool, whyClosed } from '../../../resources/calico-ip-pool.js';
import type { CalicoAssignsTo } from '../../../resources/kube-controllers-configuration.js';
import { annotationOf, type BalancedService } from './balanced-service.js';

/** The class of services that Calico serves, besides those without one. */
const CALICO_CLASS = 'calico';
const IPS = 'projectcalico.org/loadBalancerIPs';
const POOLS: Readonly<Record<IpFamily, string>> = { 4: 'projectcalico.org/ipv4pools', 6: 'projectcalico.org/ipv6pools' };

/** What a service asks of Calico by its annotations. */
export interface CalicoWish {
  /** Undefined: any. */
  readonly ips: readonly Ip[] | undefined;
  /** Prefixes of pools; undefined: any. */
  readonly pools: Readonly<Record<IpFamily, readonly Cidr[] | undefined>>;
}

/** The pools of Calico that are for load balancers. */
export function calicoBalancerPools({ calico }: NetworkModel): readonly CalicoIPPool[] {
  return calico.ipPools.filter(({ allowedUses }) => allowedUses.includes('LoadBalancer'));
}

/** Why a pool gives services nothing more; undefined: it may. Calico refuses a pool that is smaller than one of its blocks (projectcalico/calico `libcalico-go/lib/validator/v3`, `validateIPPoolSpec`): none would fit. */
export function whyGivesNothing(pool: CalicoIPPool): string | undefined {
  const { cidr, blockSize } = pool;
  if (!cidr) return 'its prefix is broken';
  return whyClosed(pool) ?? (blockSize < cidr.prefix ? `it is smaller than one of its blocks, which are /${blockSize}` : undefined);
}

/** Whether Calico gives the service addresses (`IsCalicoManagedLoadBalancer`). */
export function isCalicos(service: BalancedService, assigns: CalicoAssignsTo): boolean {
  const { loadBalancerClass } = service.resource;
  if (loadBalancerClass !== undefined) return loadBalancerClass === CALICO_CLASS;
  return (
    assigns === 'AllServices' ||
    annotationOf(service, IPS) !== '' ||
    annotationOf(service, POOLS[4]) !== '' ||
    annotationOf(service, POOLS[6]) !== ''
  );
}

/** Reads the annotations (`parseAnnotations`). The error is what is wrong, in words. */
export function calicoWish(service: BalancedService, pools: readonly CalicoIPPool[]): Result<CalicoWish, string> {
  const [v4, v6] = [readPools(service, 4, pools), readPools(service, 6, pools)];
  const ips = readIps(service);
  if (!v4.ok) return v4;
  if (!v6.ok) return v6;
  return ips.ok ? ok({ ips: ips.value, pools: { 4: v4.value, 6: v6.value } }) : ips;
}

function readIps(service: BalancedService): Result<readonly Ip[] | undefined, string> {
  const texts = listIn(service, IPS);
  if (!texts.ok || !texts.value) return texts.ok ? ok(undefined) : texts;
  const ips: Ip[] = [];
  for (const text of texts.value) {
    const ip = parseIp(text);
    if (!ip) return err(`could not parse ${text} as a valid IP address`);
    ips.push(ip);
  }
  const [v4, v6] = ([4, 6] as const).map((family) => ips.filter((ip) => ip.family === family).length);
  if ((v4 ?? 0) <= 1 && (v6 ?? 0) <= 1) return ok(ips.length > 0 ? ips : undefined);
  return err(`at max only one ipv4 and one ipv6 address can be specified. Received ${v4} ipv4 and ${v6} ipv6 addresses`);
}

/** A pool is named, or told by its prefix. */
function readPools(
  service: BalancedService,
  family: IpFamily,
  pools: readonly CalicoIPPool[],
): Result<readonly Cidr[] | undefined, string> {
  const texts = listIn(service, POOLS[family]);
  if (!texts.ok || !texts.value) return texts.ok ? ok(undefined) : texts;
  if (texts.value.length === 0) return err(`failed to resolve pools for IPv${family} addresses from annotation`);
  const cidrs: Cidr[] = [];
  for (const text of texts.value) {
    const cidr = parseCidr(text) ?? pools.find(({ ref }) => ref.name === text)?.cidr;
    if (!cidr) return err(`error parsing pool "${text}": it is no prefix, and no pool for load balancers has the name`);
    if (cidr.family !== family) return err(`"${formatIp({ family: cidr.family, value: cidr.base })}" isn't a IPv${family} address`);
    cidrs.push(cidr);
  }
  return ok(cidrs);
}

/** A list of texts in JSON; undefined where there is no annotation. */
function listIn(service: BalancedService, name: string): Result<readonly string[] | undefined, string> {
  if (!Object.hasOwn(service.resource.annotations, name)) return ok(undefined);
  const value = parseJson(service.resource.annotations[name] ?? '');
  const isList = Array.isArray(value) && value.every((one) => typeof one === 'string');
  return isList ? ok(value) : err(`\`${name}\` is no list of texts in JSON, such as ["10.0.0.1"]`);
}

function parseJson(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) || Array.isArray(value) ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}
