import { describeRef } from '../../core/kernel/object-ref.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import type { RefusedPathOfRequest } from '../../core/findings/request-finding.js';
import type { PolicyCondition } from '../../core/policy/policy-result.js';
import { compileRegex } from '../../core/regex/compile-regex.js';
import { matchRegex } from '../../core/regex/match-regex.js';
import type { CiliumCondition } from '../../core/resources/cilium-policy.js';
import type { DataPath } from './data-path-stage.js';

/** A request that a proxy refuses for its path, whatever its method. */
export interface RefusedRequest extends RefusedPathOfRequest {
  /** On its way to every target. */
  readonly everywhere: boolean;
}

/**
 * The path of the URL decides over conditions where no rule that admits the connection lets such a path through: of several one is enough. Where it may be let
 * through, its method or a header can still keep it out, and the conditions stay.
 */
export function refusedRequest(model: NetworkModel, path: string | undefined, paths: readonly DataPath[]): RefusedRequest | undefined {
  if (path === undefined) return undefined;
  const refused = paths.flatMap(({ answer }) => {
    const { conditions, cases } = answer.result;
    // Targets that rules treat differently are told apart by no condition.
    if (answer.verdict !== 'ALLOWED' || answer.enforcement?.enforced === false || cases.length !== 1) return [];
    return refusing(model, path, conditions) ?? [];
  });
  const [first] = refused;
  return first && { ...first, path, everywhere: refused.length === paths.length };
}

function refusing(
  model: NetworkModel,
  path: string,
  conditions: readonly PolicyCondition[],
): Omit<RefusedPathOfRequest, 'path'> | undefined {
  for (const direction of ['egress', 'ingress'] as const) {
    const own = conditions.filter((one) => one.direction === direction && one.kind === 'HTTP');
    const [first] = own;
    if (!first || own.some((one) => mayPass(conditionOf(model, one)?.paths, path))) continue;
    const policy = policyOf(model, first)?.ref;
    if (!policy) continue;
    const message = `${first.policy} lets ${first.text} through, and \`${path}\` is none of them: the proxy answers 403`;
    return { policy, pointer: first.pointer, message };
  }
  return undefined;
}

/** Whether some expression matches the whole path, with its query or without; what cannot be read may. */
function mayPass(expressions: readonly string[] | undefined, path: string): boolean {
  if (!expressions) return true;
  const texts = [path, path.replace(/\?.*$/, '')];
  return expressions.some((expression) => {
    const program = compileRegex(`^(?:${expression})$`);
    return !program.ok || texts.some((text) => matchRegex(program.value, text) !== undefined);
  });
}

function policyOf({ ciliumPolicies }: NetworkModel, { policy }: PolicyCondition) {
  return ciliumPolicies.find(({ ref }) => describeRef(ref) === policy);
}

function conditionOf(model: NetworkModel, condition: PolicyCondition): CiliumCondition | undefined {
  const specs = policyOf(model, condition)?.specs ?? [];
  const ports = specs.flatMap((spec) => spec[condition.direction].rules.flatMap((rule) => rule.ports));
  return ports.flatMap(({ conditions }) => conditions).find(({ pointer }) => pointer === condition.pointer);
}
