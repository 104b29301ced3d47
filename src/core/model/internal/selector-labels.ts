import { compareBy } from '../../kernel/compare.js';
import { err, ok, type Result } from '../../kernel/result.js';
import type { LabelRequirement, LabelSelector } from '../../resources/label-selector.js';

const KEY = /^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const VALUE = /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$/;
const SET_BASED = /^(?<key>\S+)\s+(?<operator>in|notin)\s*\((?<values>[^()]*)\)$/;
const EQUALITY = /^(?<key>[^=!\s]+)\s*(?<operator>==|=|!=)\s*(?<value>.*)$/;

const byKeyAndOperator = compareBy<LabelRequirement>(
  (requirement) => requirement.key,
  (requirement) => requirement.operator,
  (requirement) => requirement.values.join(),
);

/**
 * Reads a label selector as `kubectl get -l` does: `app=web,tier in (a,b),track!=canary,ready,!debug` (apimachinery `pkg/labels/selector.go`, `Parse`).
 * The error is what is wrong, in words. Nothing at all is an error too: whole namespaces have a selector of their own.
 */
export function parseLabels(text: string): Result<LabelSelector, string> {
  const requirements: LabelRequirement[] = [];
  for (const part of splitRequirements(text)) {
    const requirement = readRequirement(part);
    if (!requirement.ok) return requirement;
    requirements.push(requirement.value);
  }
  return ok({ requirements: requirements.sort(byKeyAndOperator), invalid: false });
}

/** Cuts at commas outside parentheses; one pass, whatever the text. */
function splitRequirements(text: string): readonly string[] {
  const parts: string[] = [];
  let start = 0;
  let inside = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '(' || character === ')') inside = character === '(';
    if (character !== ',' || inside) continue;
    parts.push(text.slice(start, at).trim());
    start = at + 1;
  }
  return [...parts, text.slice(start).trim()];
}

function readRequirement(text: string): Result<LabelRequirement, string> {
  if (text === '') return err('a label is missing: expected `key=value`');
  const set = SET_BASED.exec(text)?.groups;
  if (set) {
    const values = (set['values'] ?? '').split(',').map((value) => value.trim());
    return checked(set['key'] ?? '', set['operator'] === 'in' ? 'In' : 'NotIn', values);
  }
  const equality = EQUALITY.exec(text)?.groups;
  if (equality) return checked(equality['key'] ?? '', equality['operator'] === '!=' ? 'NotIn' : 'In', [(equality['value'] ?? '').trim()]);
  return text.startsWith('!') ? checked(text.slice(1).trim(), 'DoesNotExist', []) : checked(text, 'Exists', []);
}

function checked(key: string, operator: LabelRequirement['operator'], values: readonly string[]): Result<LabelRequirement, string> {
  if (!KEY.test(key)) return err(`\`${key}\` is no label key`);
  const wrong = values.find((value) => !VALUE.test(value));
  if (wrong !== undefined) return err(`\`${wrong}\` is no label value`);
  return ok({ key, operator, values: [...new Set(values)].sort() });
}
