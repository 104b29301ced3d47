import type { Note } from '../../../kernel/answer.js';
import type { JudgedRule } from '../dialect.js';
import type { PathRule } from '../path-rule.js';
import type { RequestHost } from '../request-host.js';
import type { HttpAttempt } from '../traefik/attempt.js';
import type { CanaryFate } from './canaries.js';
import { providerAnnotations, unsupportedOf } from './provider-annotations.js';
import type { NginxProvider } from './provider.js';

const FIRST = ['selected', 'possible', 'lost', 'excluded', 'no-match'] as const satisfies readonly JudgedRule['outcome'][];

/** How each path fared: of several routers of one the best, and the paths of canaries, which have requests of others. */
export function judgedByProvider(judged: readonly JudgedRule[], provider: NginxProvider, { name }: RequestHost): readonly JudgedRule[] {
  const best = new Map<PathRule, JudgedRule>();
  for (const one of judged) {
    const known = best.get(one.rule);
    if (!known || rank(one) < rank(known)) best.set(one.rule, one);
  }
  return [...best.values(), ...provider.canariesOf(name).map(judgeCanary)];
}

const rank = ({ outcome }: JudgedRule) => FIRST.findIndex((one) => one === outcome);

function judgeCanary({ rule, ignored }: CanaryFate): JudgedRule {
  const written = `${rule.pathType ?? ''} \`${rule.path ?? '/'}\``;
  const none = { key: null, own: null, other: null };
  if (ignored !== undefined) return { rule, outcome: 'excluded', reason: 'ROUTER_REFUSED', ...none, message: `${written} is ${ignored}` };
  const message = `${written} is a canary: it gets a part of what the path without canary gets`;
  return { rule, outcome: 'excluded', reason: 'CANARY_PATH', ...none, message };
}

/** Annotations of whoever may take the request that do nothing in Traefik, and that it is another Traefik than the one that is modelled. */
export function warningsOf(taking: readonly HttpAttempt[], { version }: NginxProvider): readonly Note[] {
  const holders = new Set(taking.map(({ router }) => router.holder));
  const unread = [...holders].flatMap((holder) => {
    const names = holder.ref.kind === 'Ingress' ? unsupportedOf(providerAnnotations(holder)) : [];
    if (names.length === 0) return [];
    const message = `Traefik does not read \`${names.join('`, `')}\` of Ingress ${holder.namespace}/${holder.ref.name}: it has no effect`;
    return [{ code: 'ANNOTATION_NOT_SUPPORTED', message }];
  });
  return isModelled(version) ? unread : [...unread, otherVersion(version ?? '')];
}

const MODELLED = '3.7';

function isModelled(version: string | undefined): boolean {
  return version === undefined || version === MODELLED || version.startsWith(`${MODELLED}.`);
}

function otherVersion(version: string): Note {
  const message = `the Traefik of the class is ${version}, and its ingress-nginx provider is modelled as ${MODELLED} has it: earlier ones read fewer annotations`;
  return { code: 'VERSION_NOT_MODELLED', message };
}
