import { checkDnsName } from '../dns-name.js';
import type { DnsRecord, RecordType } from '../dns-record.js';
import type { ServerAnswer } from '../server-answer.js';
import type { DnsDecision } from './candidate.js';
import type { ResponseRule, Reverting, RewriteRule } from './plugin.js';
import { matchRegex } from '../../regex/match-regex.js';
import { emptyAnswer, type Next } from './serving.js';

/**
 * `rewrite name` (coredns `plugin/rewrite/{rewrite,name,reverter}.go`): the rules in their order, each on what the one before made of the name, until one that
 * matches says `stop`. The question's own name stands in the answer only as far as the rules turn it back, the last rule first.
 */
export function serveRewrite(rules: readonly RewriteRule[], name: string, next: Next): ServerAnswer {
  const decisions: DnsDecision[] = [];
  const reverting: ResponseRule[] = [];
  let current = name;
  for (const rule of rules) {
    const rewritten = rewriteName(rule, current.toLowerCase());
    if (rewritten === undefined) continue;
    decisions.push({ reason: 'NAME_REWRITTEN', message: `line ${rule.line} of the Corefile rewrites \`${current}\` to \`${rewritten}\`` });
    if (!checkDnsName(rewritten).ok || rewritten === '.') {
      const message = `what line ${rule.line} of the Corefile makes of \`${current}\` is no name: SERVFAIL`;
      return {
        ...emptyAnswer('SERVFAIL', { reason: 'REWRITE_INVALID', message }),
        decisions: [...decisions, { reason: 'REWRITE_INVALID', message }],
      };
    }
    reverting.push(...automatic(rule, current, rewritten), ...rule.answers);
    current = rewritten;
    if (rule.next === 'stop') break;
  }
  if (decisions.length === 0) return next(name);
  const answer = next(current);
  const back = (records: readonly DnsRecord[]) => records.map((record) => revert(record, reverting));
  return {
    ...answer,
    answer: back(answer.answer),
    authority: back(answer.authority),
    additional: back(answer.additional),
    decisions: [...decisions, ...answer.decisions],
  };
}

/** What a rule makes of a name, absolute and in lower case; undefined: it does not match. */
function rewriteName({ match }: RewriteRule, name: string): string | undefined {
  const { kind, to } = match;
  if (kind === 'regex') return replaced(match.from, name, to);
  const { from } = match;
  if (kind === 'exact') return name === from ? to : undefined;
  if (kind === 'prefix') return name.startsWith(from) ? to + name.slice(from.length) : undefined;
  if (kind === 'suffix') return name.endsWith(from) ? name.slice(0, name.length - from.length) + to : undefined;
  return name.includes(from) ? name.replaceAll(from, () => to) : undefined;
}

function replaced(program: Extract<Reverting, { kind: 'regex' }>['from'], text: string, to: string): string | undefined {
  const groups = matchRegex(program, text);
  return groups?.reduce((made, group, index) => made.replaceAll(`{${index}}`, () => group), to);
}

/** `answer auto`, which `exact` always does: the whole name is turned back, or the suffix. */
function automatic({ auto, match }: RewriteRule, asked: string, rewritten: string): readonly ResponseRule[] {
  if (!auto) return [];
  const by: Reverting =
    match.kind === 'suffix' ? { kind: 'suffix', from: match.to, to: match.from } : { kind: 'whole', from: rewritten, to: asked };
  return [
    { part: 'name', by },
    { part: 'value', by },
  ];
}

/** Types whose data ends in a name that may be turned back. */
const NAMED: ReadonlySet<RecordType> = new Set(['CNAME', 'NS', 'SRV']);

function revert(record: DnsRecord, rules: readonly ResponseRule[]): DnsRecord {
  let { name, data } = record;
  for (const { part, by } of rules.toReversed()) {
    if (part === 'name') name = reverted(by, name);
    else if (NAMED.has(record.type)) data = data.replace(/\S+$/, (target) => reverted(by, target));
    else if (record.type === 'SOA') data = data.replace(/^\S+/, (target) => reverted(by, target));
  }
  return { ...record, name, data };
}

function reverted(by: Reverting, text: string): string {
  if (by.kind === 'whole') return text === by.from ? by.to : text;
  if (by.kind === 'suffix') return text.endsWith(by.from) ? text.slice(0, text.length - by.from.length) + by.to : text;
  return replaced(by.from, text, by.to) ?? text;
}
