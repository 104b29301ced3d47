import type { EvidenceStep } from '../../kernel/evidence.js';
import { describeRef } from '../../kernel/object-ref.js';
import type { NetworkModel } from '../../model/network-model.js';
import type { CandidateOutcome, RouteCandidate } from '../route-result.js';
import { belongingOf, isMember } from './class-members.js';
import { ownerOf } from './claim-text.js';
import type { ClassRouter, HostStep, JudgedRule } from './dialect.js';
import { claimsOfHost } from './host-claims.js';
import { describeBackend, pathRule } from './path-rule.js';
import type { RequestHost } from './request-host.js';

/** The public form of a judged path. */
export function candidateOf(judged: JudgedRule, className: string | undefined): RouteCandidate {
  const { rule, outcome, reason, key, own, other } = judged;
  const { ingress } = rule;
  return {
    object: describeRef(ingress.ref),
    pointer: rule.pointer,
    class: className ?? null,
    host: rule.host ?? null,
    path: rule.path ?? null,
    pathType: rule.pathType ?? null,
    backend: rule.backendText ?? describeBackend(rule.backend),
    owner: ownerOf(ingress),
    createdAt: ingress.createdAt ?? null,
    outcome,
    reason,
    key,
    own,
    other,
  };
}

const EVIDENCE_OF: Readonly<Record<CandidateOutcome, EvidenceStep['outcome']>> = {
  selected: 'selected',
  possible: 'info',
  lost: 'excluded',
  'no-match': 'no-match',
  excluded: 'excluded',
};

/** The step that shows a judged path. */
export function pathStep({ rule, outcome, reason, message }: JudgedRule, parent: number | null): EvidenceStep {
  const stage = rule.path === undefined && rule.pointer === '/spec/defaultBackend' ? 'default-backend' : 'path';
  return { stage, outcome: EVIDENCE_OF[outcome], reason, message, object: rule.ingress.ref, pointer: rule.pointer, parent };
}

const HOST_REASON = { precise: 'HOST_PRECISE', wildcard: 'HOST_WILDCARD', any: 'HOST_ANY' } as const;
const HOST_WORD = { precise: 'names it', wildcard: 'covers it as its one label', any: 'covers every host' } as const;

/** The step that shows a host rule which covers the request. */
export function hostStep(step: HostStep, host: RequestHost, first: boolean): EvidenceStep {
  const written = step.host === undefined ? 'a rule without host' : `\`${step.host}\``;
  return {
    stage: 'host',
    outcome: first ? 'match' : 'info',
    reason: HOST_REASON[step.kind],
    message: `host \`${host.name}\`: ${written} ${HOST_WORD[step.kind]}${first ? ', the most specific' : ', less specific'}`,
  };
}

/** The paths of other classes that name the same host: they lose on the class. */
export function otherClassPaths(
  model: NetworkModel,
  routers: readonly ClassRouter[],
  host: RequestHost,
): readonly { readonly judged: JudgedRule; readonly className: string | undefined }[] {
  const judgedClasses = routers.map((router) => router.className);
  const asked = routers.length === 0 ? 'no class' : judgedClasses.map((name) => name ?? 'no class').join(', ');
  return claimsOfHost(model, host).flatMap(({ ingress, rule }) => {
    if (routers.some((router) => isMember(router, ingress))) return [];
    const { name } = belongingOf(model, ingress);
    const own = name ?? 'no class';
    const message = `belongs to ${name === undefined ? 'no class' : `class \`${name}\``}, ${routers.length === 0 ? 'and no class was judged' : `judged was ${asked}`}`;
    return rule.paths.map((path) => {
      const judged: JudgedRule = {
        rule: pathRule(ingress, rule.host, path, undefined),
        outcome: 'excluded',
        reason: 'CLASS_DIFFERS',
        key: 'class',
        own,
        other: asked,
        message,
      };
      return { judged, className: name };
    });
  });
}
