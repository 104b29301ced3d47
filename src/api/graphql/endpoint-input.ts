import { problem, ProblemError } from '../../core/kernel/problem.js';

type Part = Readonly<Record<string, unknown>>;

/** How each member of `EndpointInput` reads in the text grammar. */
const SPELLINGS: Readonly<Record<string, (value: Part) => string>> = {
  pod: ({ namespace, name }) => `pod/${String(namespace)}/${String(name)}`,
  workload: ({ kind, namespace, name }) =>
    `${SHORT_KINDS[String(kind).toLowerCase()] ?? String(kind)}/${String(namespace)}/${String(name)}`,
  service: ({ namespace, name, port }) =>
    `svc/${String(namespace)}/${String(name)}${port === undefined || port === null ? '' : `:${String(port)}`}`,
  labels: ({ selector, namespace }) => `label:${String(selector)}@${String(namespace ?? '*')}`,
};

const SHORT_KINDS: Readonly<Record<string, string>> = {
  deployment: 'deploy',
  statefulset: 'sts',
  daemonset: 'ds',
  replicaset: 'rs',
  replicationcontroller: 'rc',
};

const NAMED = { node: 'node', namespace: 'ns', ip: 'ip', cidr: 'cidr', dns: 'dns', url: 'url' } as const;

/** The text of an `EndpointInput`. Throws `invalid-selector` unless exactly one member is given: the compiled path of variables does not check `@oneOf`. */
export function endpointText(input: Part, argument: string): string {
  const given = Object.entries(input).filter(([, value]) => value !== undefined && value !== null);
  const [first] = given;
  if (first === undefined || given.length > 1) throw refuse(argument, 'exactly one member has to be given');
  const [member, value] = first;
  if (member === 'selector') return String(value);
  if (member === 'internet' || member === 'any') {
    if (value === true) return member;
    throw refuse(argument, `\`${member}\` can only be \`true\``);
  }
  const prefix = member in NAMED ? NAMED[member as keyof typeof NAMED] : undefined;
  if (prefix !== undefined) return `${prefix}/${String(value)}`;
  const spell = SPELLINGS[member];
  if (!spell) throw refuse(argument, `\`${member}\` names no endpoints`);
  return spell(value as Part);
}

function refuse(argument: string, message: string): ProblemError {
  return new ProblemError(
    problem('invalid-selector', `\`${argument}\`: ${message}`, {
      errors: [{ pointer: `/${argument}`, code: 'invalid-selector', message }],
    }),
  );
}
