import { type ClusterSize, type Group, groupsOf, ingressHost, podName } from './synthetic-cluster.js';

/** What one question is asked in a measurement. */
export interface QuestionLoad {
  /** Name of the question. */
  readonly question: string;
  /** The n-th input; no two of the first 50,000 are alike on the M cluster. */
  input(n: number): Readonly<Record<string, unknown>>;
}

/** The four questions that are measured, on a synthetic cluster. */
export function loadsOf(size: ClusterSize): readonly QuestionLoad[] {
  const groups = groupsOf(size);
  // Neighbouring numbers fall on distant groups: nothing is gained from asking in the order of the objects.
  const group = (n: number, of: number): Group => groups[(n * 7919) % of] ?? { namespace: '', name: '', pods: 1 };
  const pod = (one: Group, n: number) => `pod/${one.namespace}/${podName(one, n % one.pods)}`;
  return [
    {
      question: 'policy-verdict',
      // Every second one asks a pair that a policy names; the others are mostly denied.
      input: (n) => {
        const at = (n * 7919) % size.policies;
        const [to, peer] = [groups[at % groups.length], groups[(n % 2 === 0 ? at + 1 : at + 2) % groups.length]];
        if (!to || !peer) throw new Error('the plan has no groups');
        const round = Math.floor(n / size.policies);
        return { from: pod(peer, round), to: pod(to, Math.floor(round / 5)), protocol: 'TCP', port: 8080 };
      },
    },
    { question: 'route', input: (n) => ({ url: `https://${ingressHost((n * 7919) % (size.services / 10))}/part-${n % 5}/item-${n}` }) },
    {
      question: 'resolve-name',
      input: (n) => {
        const service = group(n, size.services);
        const asker = group(n + 1, groups.length);
        return { name: `${service.name}.${service.namespace}`, from: pod(asker, Math.floor(n / size.services)) };
      },
    },
    {
      question: 'resolve-service',
      input: (n) => {
        const service = group(n, size.services);
        const sender = group(n + 1, groups.length);
        return { to: `svc/${service.namespace}/${service.name}`, from: pod(sender, Math.floor(n / size.services)) };
      },
    },
  ];
}
