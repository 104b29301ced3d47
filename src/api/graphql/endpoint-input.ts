import { problem, ProblemError } from '../../core/kernel/problem.js';

/** An `EndpointInput`, or one of the inputs inside it. */
export type InputParts = Readonly<Record<string, unknown>>;

const SHORT_KINDS: Readonly<Record<string, string>> = {
  deployment: 'deploy',
  statefulset: 'sts',
  daemonset: 'ds',
  replicaset: 'rs',
  replicationcontroller: 'rc',
};

/** How each member of `EndpointInput` reads in the text grammar; undefined where its value says nothing. */
const SPELLINGS: Readonly<Record<string, (value: unknown) => string | undefined>> = {
  selector: String,
  node: (name) => `node/${String(name)}`,
  namespace: (name) => `ns/${String(name)}`,
  ip: (address) => `ip/${String(address)}`,
  cidr: (prefix) => `cidr/${String(prefix)}`,
  dns: (name) => `dns/${String(name)}`,
  url: (url) => `url/${String(url)}`,
  internet: (flag) => (flag === true ? 'internet' : undefined),
  any: (flag) => (flag === true ? 'any' : undefined),
  pod: parts(({ namespace, name }) => `pod/${namespace}/${name}`),
  workload: parts(({ kind = '', namespace, name }) => `${SHORT_KINDS[kind.toLowerCase()] ?? kind}/${namespace}/${name}`),
  service: parts(({ namespace, name, port }) => `svc/${namespace}/${name}${port === undefined ? '' : `:${port}`}`),
  labels: parts(({ selector, namespace = '*' }) => `label:${selector}@${namespace}`),
};

/** The text of an `EndpointInput`. Throws `invalid-selector` unless exactly one member is given: the compiled path of variables does not check `@oneOf`. */
export function endpointText(input: InputParts, argument: string): string {
  const given = Object.entries(input).filter(([, value]) => value !== undefined && value !== null);
  const [first] = given;
  if (first === undefined || given.length > 1) throw refuse(argument, 'exactly one member has to be given');
  const [member, value] = first;
  const text = SPELLINGS[member]?.(value);
  if (text === undefined) throw refuse(argument, `\`${member}: ${String(value)}\` names no endpoints`);
  return text;
}

function parts(spell: (value: Readonly<Record<string, string | undefined>>) => string): (value: unknown) => string {
  return (value) => {
    const texts = Object.entries(Object(value)).map(([name, part]) => [
      name,
      typeof part === 'string' || typeof part === 'number' ? String(part) : undefined,
    ]);
    return spell(Object.fromEntries(texts));
  };
}

function refuse(argument: string, message: string): ProblemError {
  return new ProblemError(
    problem('invalid-selector', `\`${argument}\`: ${message}`, {
      errors: [{ pointer: `/${argument}`, code: 'invalid-selector', message }],
    }),
  );
}
