import { BuiltOnce } from '../../kernel/built-once.js';
import { forEachInSteps, type Steps } from '../../kernel/steps.js';
import { didYouMean } from '../../kernel/did-you-mean.js';
import { describeRef } from '../../kernel/object-ref.js';
import type { NetworkModel } from '../../model/network-model.js';
import type { Ingress, IngressRule } from '../../resources/ingress.js';
import type { NearMiss } from '../route-result.js';
import type { RouteRequest } from '../route-request.js';
import { handlingOf } from './class-claim.js';
import { belongingOf, isMember, takersOf } from './class-members.js';
import { untakenBecause } from './class-untaken.js';
import type { ClassRouter, JudgedRule } from './dialect.js';
import { claimsOfHost } from './host-claims.js';
import { coversByElements } from './open-path.js';
import { type PathRule, prefixPath } from './path-rule.js';
import { hostFault, parentDomain, readRequestHost, type RequestHost } from './request-host.js';

/** What nearly served a request that no rule serves, with the smallest change that would make it do so. */
export function nearMisses(
  model: NetworkModel,
  routers: readonly ClassRouter[],
  request: RouteRequest,
  host: RequestHost,
  judged: readonly JudgedRule[],
): readonly NearMiss[] {
  const paths = judged.flatMap(({ rule, outcome, reason }) =>
    !isRefused(reason) && (outcome === 'no-match' || outcome === 'excluded') ? nearPath(rule, request.path) : [],
  );
  const hosts = routers.flatMap((router) => (router.hostSteps(host).some((step) => step.kind !== 'any') ? [] : nearHosts(router, host)));
  const invalid = routers.flatMap((router) => invalidHosts(router, host));
  return [...refusedObjects(judged), ...paths, ...hosts, ...invalid, ...otherClasses(model, routers, host)];
}

const REFUSED = ['INGRESS_REFUSED', 'ROUTER_REFUSED'] as const;

function isRefused(reason: string): reason is (typeof REFUSED)[number] {
  return REFUSED.some((one) => one === reason);
}

/** Objects of the host that the controller makes nothing of, each once. */
function refusedObjects(judged: readonly JudgedRule[]): readonly NearMiss[] {
  const misses = new Map<JudgedRule['rule']['ingress'], NearMiss>();
  for (const { rule, reason, message } of judged) {
    if (!isRefused(reason) || misses.has(rule.ingress)) continue;
    const whole = reason === 'INGRESS_REFUSED';
    misses.set(rule.ingress, {
      reason,
      object: describeRef(rule.ingress.ref),
      pointer: whole ? '' : rule.pointer,
      message: whole ? `the controller refuses it as a whole: ${message}` : message,
      fix: 'mend that part of it',
    });
  }
  return [...misses.values()];
}

function nearPath(rule: PathRule, asked: string): readonly NearMiss[] {
  const { path, pathType, ingress, pointer } = rule;
  if (path === undefined || pathType === undefined) return [];
  const miss = (reason: string, message: string, fix: string): readonly NearMiss[] => [
    { reason, object: describeRef(ingress.ref), pointer, message, fix },
  ];
  const written = `${pathType} \`${path}\``;
  if (rule.fault !== undefined)
    return miss('PATH_INVALID', `${written} is not valid: ${rule.fault}`, 'write a path that the API server accepts');
  if (pathType === 'Exact' && prefixPath(path) === prefixPath(asked)) {
    return miss('TRAILING_SLASH', `${written} and \`${asked}\` differ by the trailing slash`, `path \`${asked}\`, or pathType Prefix`);
  }
  if (pathType === 'Exact' && path !== '/' && coversByElements(path, asked)) {
    return miss('EXACT_ABOVE', `\`${asked}\` lies below ${written}`, 'pathType Prefix instead of Exact');
  }
  const [lowerPath, lowerAsked] = [path.toLowerCase(), asked.toLowerCase()];
  const isCovered = pathType === 'Exact' ? path === asked : coversByElements(path, asked);
  if (isCovered) return [];
  if (pathType === 'Exact' ? lowerPath === lowerAsked : coversByElements(lowerPath, lowerAsked)) {
    return miss(
      'PATH_CASE',
      `${written} and \`${asked}\` differ in case, and paths are case-sensitive`,
      `request \`${casedLike(path, asked)}\``,
    );
  }
  if (pathType === 'Prefix' && asked.startsWith(prefixPath(path))) {
    return miss(
      'PATH_ELEMENT_CUT',
      `${written} covers whole path elements only, \`${asked}\` goes on inside one`,
      `path \`${firstElements(asked, path)}\``,
    );
  }
  const near = didYouMean(asked, [path]) !== undefined && path.split('/').length === asked.split('/').length;
  return near ? miss('PATH_SPELLING', `${written} is spelt nearly like \`${asked}\``, `did you mean \`${path}\`?`) : [];
}

/** The asked path with the rule's spelling of the part that the rule covers. */
function casedLike(path: string, asked: string): string {
  const start = prefixPath(path);
  return start + asked.slice(start.length);
}

/** As many elements of the asked path as the rule's path has. */
function firstElements(asked: string, path: string): string {
  return asked.split('/').slice(0, prefixPath(path).split('/').length).join('/');
}

function nearHosts(router: ClassRouter, host: RequestHost): readonly NearMiss[] {
  if (host.isAddress) return [];
  const isDeep = router.wildcardsAreDeep === true;
  const isMissed = (domain: string) => (isDeep ? domain === host.name : isOtherDepth(domain, host.name));
  const wildcard = router.hosts.find((name) => name.startsWith('*.') && isMissed(name.slice(2)));
  const misses: NearMiss[] = [];
  if (wildcard !== undefined) {
    const [holder, pointer] = holderOf(router, wildcard);
    const what = isDeep ? `the names below \`${host.name}\`` : 'exactly one label in place of the `*`';
    const message = `\`${wildcard}\` covers ${what}, so not \`${host.name}\`${isDeep ? ' itself' : ''}`;
    misses.push({
      reason: isDeep ? 'HOST_UNKNOWN' : 'WILDCARD_ONE_LABEL',
      object: holder,
      pointer,
      message,
      fix: `a rule for host \`${host.name}\``,
    });
  }
  const typo = didYouMean(
    host.name,
    router.hosts.filter((name) => name !== wildcard),
  );
  if (typo !== undefined) {
    const [holder, pointer] = holderOf(router, typo);
    const message = `no rule names host \`${host.name}\`; \`${typo}\` is spelt nearly like it`;
    misses.push({ reason: 'HOST_SPELLING', object: holder, pointer, message, fix: `did you mean \`${typo}\`?` });
  }
  return misses;
}

/** The bare domain, or a name more than one label below it. */
function isOtherDepth(domain: string, name: string): boolean {
  return name === domain || (name.endsWith(`.${domain}`) && parentDomain(name) !== domain);
}

function holderOf(router: ClassRouter, host: string): readonly [string | null, string | null] {
  for (const ingress of router.members) {
    const rule = ingress.rules.find((item) => item.host === host);
    if (rule) return [describeRef(ingress.ref), `${rule.pointer}/host`];
  }
  const place = router.placeOfHost?.(host);
  return place ? [describeRef(place.ingress.ref), place.pointer] : [null, null];
}

/** A rule whose host the API server refuses. */
interface RefusedHost {
  readonly ingress: Ingress;
  readonly rule: IngressRule;
  readonly written: string;
  readonly fault: string;
  /** The name that it seems to mean; undefined: every one. */
  readonly meant: string | undefined;
}

/** Those that seem to mean the request's host. */
function invalidHosts(router: ClassRouter, host: RequestHost): readonly NearMiss[] {
  return refusedHosts.get(router).flatMap(({ ingress, rule, written, fault, meant }) => {
    if (meant !== undefined && meant !== host.name) return [];
    const message = `the host \`${written}\` is not valid: ${fault}`;
    const fix = host.isAddress || meant === undefined ? 'a rule without host' : `host \`${host.name}\``;
    return [{ reason: 'HOST_INVALID', object: describeRef(ingress.ref), pointer: `${rule.pointer}/host`, message, fix }];
  });
}

/** So many Ingresses are looked at in one step. */
const STRETCH = 500;

/** Of a table, not of a request: to find them takes a look at every rule of the class. */
const refusedHosts = new BuiltOnce<ClassRouter, readonly RefusedHost[]>(refusedHostsIn);

/** Looks for them, for whoever can wait. */
export function* prepareNearMisses(router: ClassRouter): Steps<void> {
  yield* refusedHosts.steps(router);
}

function* refusedHostsIn({ members }: ClassRouter): Steps<readonly RefusedHost[]> {
  const refused: RefusedHost[] = [];
  yield* forEachInSteps(members, STRETCH, (ingress) => refused.push(...refusedHostsOf(ingress)));
  return refused;
}

function refusedHostsOf(ingress: Ingress): readonly RefusedHost[] {
  return ingress.rules.flatMap((rule) => {
    const written = rule.host;
    const fault = written === undefined ? undefined : hostFault(written);
    if (written === undefined || fault === undefined) return [];
    return [{ ingress, rule, written, fault, meant: written === '*' ? undefined : readRequestHost(written).name }];
  });
}

/** Ingresses that name the host but belong to a class that was not judged. */
function otherClasses(model: NetworkModel, routers: readonly ClassRouter[], host: RequestHost): readonly NearMiss[] {
  const claims = new Map(claimsOfHost(model, host).map((claim) => [claim.ingress, claim.rule]));
  return [...claims].flatMap(([ingress, rule]) => {
    if (routers.some((router) => isMember(router, ingress))) return [];
    const { name, pointer = '/spec' } = belongingOf(model, ingress);
    const names = `it names host \`${rule.host}\``;
    const object = describeRef(ingress.ref);
    if (takersOf(model, ingress).length > 0 || handlingOf(model, name) === 'unknown') {
      const message = `${names} but belongs to ${name === undefined ? 'no class' : `class \`${name}\``}`;
      return [
        { reason: 'OTHER_CLASS', object, pointer, message, fix: name === undefined ? 'ask without a class' : `ask with class \`${name}\`` },
      ];
    }
    const { why, ...place } = untakenBecause(model, ingress);
    return [{ reason: 'OTHER_CLASS', object, message: `${names} but ${why}`, ...place }];
  });
}
