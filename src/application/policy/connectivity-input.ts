import { z } from 'zod';
import { type Problem, problem } from '../../core/kernel/problem.js';
import { CONNECTIVITY_LEVELS, type ConnectivityQuestion } from '../../core/policy/connectivity-result.js';
import type { TextFormat } from '../questions/text-table.js';
import type { GivenProtocol } from './asked-protocol-input.js';

/** What a listing counts as one. */
export const levelInput = z
  .enum(CONNECTIVITY_LEVELS)
  .default('workload')
  .describe('what is listed as one: workloads, pods, namespaces, or the pods that have the same value of a `label`');

/** The keys of the level `label`. */
export const labelInput = z
  .string()
  .min(1)
  .max(512)
  .optional()
  .describe('goes with `level=label`: the key, or several with commas between; pods without it are listed as `<none>`');

/** Whether ranges are listed; a query string writes it as text. */
export const externalInput = z
  .union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')])
  .default(true)
  .describe('whether address ranges outside are listed where `from` or `to` is left out');

/** Whether the reasons are told; a query string writes it as text. */
export const explainInput = z
  .union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')])
  .default(false)
  .describe(
    'goes with `format=txt`: each pair with the policies and rules by which connections are allowed or denied, as `netpol-analyzer list --explain` tells them',
  );

/** Why a question that explains cannot be asked so; `format`: the text that is wanted, undefined for JSON. */
export function refusedExplanation(
  { explain, connection }: { readonly explain: boolean; readonly connection?: string | undefined },
  format: TextFormat | undefined,
): Problem | undefined {
  if (!explain) return undefined;
  if (format !== 'txt')
    return refusal(['explain'], 'goes with `format=txt` alone', 'ask for `format=txt`; in JSON `evidence` tells the rules');
  return connection === undefined
    ? undefined
    : refusal(['connection'], 'does not go with `explain`, which tells all of them', 'leave it out');
}

/** What a question about a listing may be cut by. */
export interface ListingFilters extends GivenProtocol {
  readonly level: ConnectivityQuestion['level'];
  readonly label?: string | undefined;
  readonly external: boolean;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly workload?: string | undefined;
  readonly peer?: string | undefined;
  readonly direction?: string | undefined;
  readonly connection?: string | undefined;
}

/** The keys that pods are grouped by. */
export function labelKeys({ label }: Pick<ListingFilters, 'label'>): readonly string[] | undefined {
  return label?.split(',').map((key) => key.trim());
}

const PROTOCOL_FIELDS = ['protocol', 'ipProtocol', 'icmpType', 'icmpCode', 'port'] as const;

/** What does not go together is refused, not ignored. */
export function refusedFilter(given: ListingFilters, netpol: boolean): Problem | undefined {
  if (given.workload === undefined) {
    const alone = (['peer', 'direction'] as const).filter((name) => given[name] !== undefined);
    if (alone.length > 0)
      return refusal(alone, 'goes with `workload`: it says which of its connections are listed', 'name the workloads too');
  }
  if (netpol) {
    const names = (['from', 'to', ...PROTOCOL_FIELDS, 'label'] as const).filter((name) => given[name] !== undefined);
    const wrong = [...names, ...(given.level === 'workload' ? [] : ['level']), ...(given.external ? [] : ['external'])];
    const why = 'does not go with the format `netpol-analyzer`, which lists the whole cluster by workload, nor with `txt`, its text form';
    return refusal(wrong, why, 'leave it out, or ask for `format=table` or `format=csv`');
  }
  if (given.level === 'label' && given.label === undefined) {
    return refusal(['label'], 'is missing: `level=label` lists the values of a label', 'for instance `level=label&label=app`');
  }
  if (given.level !== 'label' && given.label !== undefined) {
    return refusal(['label'], `goes with \`level=label\`, not with \`level=${given.level}\``, 'to choose pods: `from=label:app=web@shop`');
  }
  const isGrouped = given.level === 'label' || given.level === 'namespace';
  if (given.workload !== undefined && isGrouped) {
    return refusal(['workload'], `does not go with \`level=${given.level}\`, where no workload is listed`, 'name it in `from` or `to`');
  }
  const twice = PROTOCOL_FIELDS.filter((name) => given[name] !== undefined);
  return given.connection === undefined ? undefined : refusal(twice, 'says what `connection` says already', 'give one of them');
}

/** A problem for the first of these, `` `from` … ``; undefined: there are none. */
export function refusal(names: readonly string[], why: string, hint: string): Problem | undefined {
  const [first] = names;
  if (first === undefined) return undefined;
  const errors = names.map((name) => ({ pointer: `/${name}`, code: 'not-applicable', message: `\`${name}\` ${why}` }));
  return problem('invalid-request', errors[0]?.message ?? '', { hint, errors });
}
