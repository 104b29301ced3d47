import { type Note, uniqueNotes } from '../../kernel/answer.js';
import type { NetworkModel } from '../../model/network-model.js';
import type { NameQuestion, OtherWalk } from '../name-question.js';
import { PUBLIC_LABELS } from '../public-labels.js';
import { namesakeOf, nearestServiceTo } from './nearest-service.js';
import type { Walk } from './take-walk.js';

/** What the asker should know beside the answer. */
export function nameWarnings(model: NetworkModel, question: NameQuestion, walk: Walk, other: OtherWalk | null): readonly Note[] {
  return [
    ...libcDiffers(question, walk, other),
    ...searchCapture(question, walk),
    ...loopbackName(question, walk),
    ...brokenService(walk),
    ...nearestService(model, question, walk),
  ];
}

function libcDiffers(question: NameQuestion, walk: Walk, other: OtherWalk | null): readonly Note[] {
  if (!other || (other.verdict === walk.verdict && (walk.verdict !== 'RESOLVED' || other.name === walk.last.step.name))) return [];
  const there = other.verdict === 'RESOLVED' ? `resolves to ${other.name}` : `gives ${other.verdict}`;
  return [
    {
      code: 'MUSL_NDOTS',
      message: `with ${other.libc} the same name ${there}: ${question.libc} and ${other.libc} walk the search list differently`,
    },
  ];
}

/** An outside name that a search domain turned into a name of the cluster. */
function searchCapture(question: NameQuestion, walk: Walk): readonly Note[] {
  const { step, outcome } = walk.last;
  const last = question.name.toLowerCase().split('.').at(-1) ?? '';
  if (outcome !== 'answer' || step.search === undefined || !question.name.includes('.') || !PUBLIC_LABELS.has(last)) return [];
  return [
    {
      code: 'SEARCH_CAPTURE',
      message: `\`${question.name}\` looks like a name of the internet and is captured by the search list as \`${step.name}\`: write \`${question.name}.\` with a final dot`,
    },
  ];
}

/** Neither library gives `localhost` and the names below it the meaning of RFC 6761 by itself; only `/etc/hosts` and the name server can. */
function loopbackName({ name }: NameQuestion, { questions, last }: Walk): readonly Note[] {
  if (!/(^|\.)localhost\.?$/i.test(name) || questions === 0 || last.decisions.some(({ reason }) => reason === 'LOCAL_NAME')) return [];
  const message = `\`${name}\` should mean the machine that asks (RFC 6761 section 6.3); the C library does not know it from \`/etc/hosts\`, so the name server decides`;
  return [{ code: 'LOCALHOST_NAME', message }];
}

/** Services that have the name and give it no address: the walk goes on, and its end does not tell of them. */
function brokenService(walk: Walk): readonly Note[] {
  const codes = new Set(['HEADLESS_NOT_READY', 'EXTERNALNAME_IP', 'EXTERNALNAME_CHAIN_BROKEN', 'EXTERNALNAME_LOOP']);
  const notes = walk.tried.flatMap(({ decisions }) =>
    decisions.filter(({ reason }) => codes.has(reason)).map(({ reason, message }) => ({ code: reason, message })),
  );
  return uniqueNotes(notes);
}

/** A name that nobody in the cluster has; one that goes outside is meant to, unless it is too short for a name of the internet. */
function looksMissing({ name }: NameQuestion, { verdict }: Walk): boolean {
  if (verdict === 'NXDOMAIN' || verdict === 'REFUSED') return true;
  return verdict === 'EXTERNAL' && name.split('.').length <= 2;
}

/** A failed name is often one namespace or one letter away from a service. */
function nearestService(model: NetworkModel, question: NameQuestion, walk: Walk): readonly Note[] {
  if (!looksMissing(question, walk)) return [];
  const labels = question.name.toLowerCase().split('.');
  const [service = '', asked] = labels;
  const own = question.from && 'pod' in question.from ? question.from.pod.namespace : undefined;
  const namespace = asked !== undefined && asked !== '' ? asked : own;
  if (namespace !== undefined && model.services.has(`${namespace}/${service}`)) return [];
  const elsewhere = namesakeOf(model, service, namespace);
  if (elsewhere)
    return [
      suggestion(
        `there is a service \`${service}\` in namespace \`${elsewhere.namespace}\`: ask for \`${service}.${elsewhere.namespace}\``,
      ),
    ];
  const nearest = nearestServiceTo(model, service, namespace);
  return nearest === undefined ? [] : [suggestion(`did you mean service \`${nearest}\`?`)];
}

function suggestion(message: string): Note {
  return { code: 'NEAREST_SERVICE', message };
}
