import { assertNever } from '../kernel/assert-never.js';
import { didYouMeanHint } from '../kernel/did-you-mean.js';
import { type Problem, type ProblemKind, problem } from '../kernel/problem.js';
import { err, ok, type Result } from '../kernel/result.js';
import type { Cidr } from '../net/cidr.js';
import { formatIp, type Ip } from '../net/ip.js';
import type { LabelSelector } from '../resources/label-selector.js';
import type { EndpointSelector } from './endpoint-selector.js';
import { nameInCluster, podsOfHostname } from './internal/selector-dns.js';
import { nothingSelected } from './internal/selector-label-problem.js';
import { internetRanges, outsideRanges, addressesIn, rangeOfIp, rangesWithout } from './internal/selector-ranges.js';
import { selectorText } from './internal/selector-text.js';
import { wordOfKind } from './internal/selector-words.js';
import type { IpOwner, NetworkModel } from './network-model.js';
import type { ResolvedEndpoints } from './resolved-endpoints.js';
import { unknownPod } from './unknown-pod.js';

type Expansion = Partial<Omit<ResolvedEndpoints, 'selector'>>;
type Resolved = Result<Expansion, Problem>;

/**
 * Expands a selector in a model. Selectors of many pods (workload, namespace, label, `any`) leave finished pods out, for they hold no address, unless the
 * profile's `policy.completedPods` counts them in; `pod/…` names any pod. An address that a node holds names the node, whatever hostNetwork pods share it.
 * `internet` and `any` span the cluster's own address families.
 *
 * Problem kinds: `unknown-pod`, `unknown-workload`, `unknown-service`, `unknown-node`, `unknown-namespace`, and `empty-selection` for what exists and names nothing.
 */
export function resolveEndpoints(model: NetworkModel, selector: EndpointSelector): Result<ResolvedEndpoints, Problem> {
  const text = selectorText(selector);
  const expansion = expand(model, selector, text);
  if (!expansion.ok) return expansion;
  const { pods = [], nodes = [], ranges = [], services = [], port } = expansion.value;
  return ok({ selector: text, pods, nodes, ranges, services, port });
}

function expand(model: NetworkModel, selector: EndpointSelector, text: string): Resolved {
  switch (selector.type) {
    case 'pod':
      return podNamed(model, `${selector.namespace}/${selector.name}`, selector.namespace);
    case 'workload':
      return workloadNamed(model, selector, text);
    case 'service':
      return serviceNamed(model, selector.namespace, selector.name, selector.port);
    case 'node':
      return model.nodes.has(selector.name) ? ok({ nodes: [selector.name] }) : unknown('node', selector.name, model.nodes.keys());
    case 'namespace':
      return namespaceNamed(model, selector.name, text);
    case 'ip':
      return ok(holderOf(model, selector.ip));
    case 'cidr':
      return ok(holdersIn(model, selector.cidr));
    case 'dns':
      return hostNamed(model, selector.name, text);
    case 'url':
      return urlNamed(model, selector.url, text);
    case 'label':
      return podsLabelled(model, selector.selector, selector.namespace, text);
    case 'internet':
      return ok({ ranges: internetRanges(model) });
    case 'any':
      return ok({ pods: present(model, allIds(model)), nodes: [...model.nodes.keys()], ranges: outsideRanges(model) });
    default:
      return assertNever(selector);
  }
}

function podNamed(model: NetworkModel, key: string, namespace: string): Resolved {
  const pod = model.podByKey.get(key);
  if (pod) return ok({ pods: [pod.id] });
  return isNamespace(model, namespace) ? err(unknownPod(model, key)) : unknownNamespace(model, namespace);
}

function workloadNamed(model: NetworkModel, { kind, namespace, name }: EndpointSelector & { type: 'workload' }, text: string): Resolved {
  const workload = model.workloadByKey.get(`${kind}/${namespace}/${name}`);
  if (!workload && !isNamespace(model, namespace)) return unknownNamespace(model, namespace);
  if (!workload) {
    const written = (one: { readonly kind: string; readonly namespace: string; readonly name: string }) =>
      `${wordOfKind(one.kind)}/${one.namespace}/${one.name}`;
    const sameName = model.workloads.filter((one) => one.namespace === namespace && one.name === name).map(written);
    const hint = didYouMeanHint(text, sameName.length > 0 ? sameName : model.workloads.map(written)) ?? listHint(sameName);
    return err(problem('unknown-workload', `there is no ${kind} \`${namespace}/${name}\``, hint === undefined ? {} : { hint }));
  }
  const pods = present(model, workload.pods);
  if (pods.length > 0) return ok({ pods });
  const why = workload.pods.length > 0 ? 'all its pods have finished' : 'it has no pods (scaled to zero, or suspended)';
  return empty(`\`${text}\` names no pod: ${why}`);
}

function listHint(selectors: readonly string[]): string | undefined {
  return selectors[0] === undefined ? undefined : `did you mean \`${selectors[0]}\`?`;
}

function serviceNamed(model: NetworkModel, namespace: string, name: string, port: string | undefined): Resolved {
  const key = `${namespace}/${name}`;
  if (model.services.has(key)) return ok({ services: [key], port });
  return isNamespace(model, namespace) ? unknown('service', key, model.services.keys()) : unknownNamespace(model, namespace);
}

function namespaceNamed(model: NetworkModel, name: string, text: string): Resolved {
  if (!isNamespace(model, name)) return unknownNamespace(model, name);
  const pods = present(model, model.podsByNamespace.get(name) ?? []);
  return pods.length > 0 ? ok({ pods }) : empty(`\`${text}\` names no pod: the namespace \`${name}\` has none that runs`);
}

function podsLabelled(model: NetworkModel, selector: LabelSelector, namespace: string | undefined, text: string): Resolved {
  if (namespace !== undefined && !isNamespace(model, namespace)) return unknownNamespace(model, namespace);
  const namespaces = namespace === undefined ? [...model.podsByNamespace.keys()] : [namespace];
  const matching = namespaces.flatMap((one) => model.selectPods(one, selector));
  const pods = present(
    model,
    [...matching].sort((a, b) => a - b),
  );
  if (pods.length > 0) return ok({ pods });
  const candidates = namespaces.flatMap((one) => model.podsByNamespace.get(one) ?? []).flatMap((id) => model.pods[id] ?? []);
  if (matching.length > 0) return empty(`\`${text}\` selects no pod that runs: all ${matching.length} it matches have finished`);
  return err(nothingSelected(text, selector, candidates));
}

/** Who an address stands for: its node, else its pods, else the services whose virtual address it is, else nobody that is known. */
function holderOf(model: NetworkModel, ip: Ip): Expansion {
  const holders = ofOwners(model.ipOwners.get(formatIp(ip)) ?? []);
  if (holders.nodes.length > 0) return { nodes: holders.nodes };
  if (holders.pods.length > 0) return { pods: holders.pods };
  return holders.services.length > 0 ? { services: holders.services } : { ranges: [rangeOfIp(ip)] };
}

/** Pods and nodes inside, and the rest of the prefix as addresses. Virtual addresses of services are never a sender: they count to the rest. */
function holdersIn(model: NetworkModel, cidr: Cidr): Expansion {
  const held = addressesIn(model, cidr).filter((owners) => owners.some(({ type }) => type === 'pod' || type === 'node'));
  const holders = held.map(ofOwners);
  const distinct = ofOwners(held.flat());
  // An address that a node holds is the node's, whatever pods share it.
  const pods = new Set(holders.flatMap((one) => (one.nodes.length > 0 ? [] : one.pods)));
  const ranges = rangesWithout(
    cidr,
    held.flatMap(([owner]) => owner?.ip.value ?? []),
  );
  return { pods: distinct.pods.filter((id) => pods.has(id)), nodes: distinct.nodes, ranges };
}

function ofOwners(owners: readonly IpOwner[]): Required<Pick<ResolvedEndpoints, 'pods' | 'nodes' | 'services'>> {
  const distinct = <T>(values: readonly T[]): readonly T[] => [...new Set(values)];
  return {
    pods: distinct(owners.flatMap((owner) => (owner.type === 'pod' ? [owner.pod] : []))).toSorted((a, b) => a - b),
    nodes: distinct(owners.flatMap((owner) => (owner.type === 'node' ? [owner.node] : []))).toSorted(),
    services: distinct(owners.flatMap((owner) => ('service' in owner ? [owner.service] : []))).toSorted(),
  };
}

function hostNamed(model: NetworkModel, name: string, text: string): Resolved {
  const named = nameInCluster(model, name);
  if (!named) return outsideName(model, text);
  switch (named.type) {
    case 'service':
      return serviceNamed(model, named.namespace, named.name, undefined);
    case 'endpoint': {
      const service = serviceNamed(model, named.namespace, named.service, undefined);
      const pods = podsOfHostname(model, `${named.namespace}/${named.service}`, named.hostname);
      if (!service.ok || pods.length > 0) return service.ok ? ok({ pods }) : service;
      return empty(
        `\`${text}\` names no pod: no endpoint of service \`${named.namespace}/${named.service}\` has the hostname \`${named.hostname}\``,
      );
    }
    case 'pod-address': {
      const { pods = [] } = holderOf(model, named.ip);
      const own = pods.filter((id) => model.pods[id]?.namespace === named.namespace);
      if (own.length > 0) return ok({ pods: own });
      return empty(`\`${text}\` names no pod: no pod of \`${named.namespace}\` has the address \`${formatIp(named.ip)}\``);
    }
    default:
      return assertNever(named);
  }
}

function outsideName(model: NetworkModel, text: string): Resolved {
  const example = `dns/<service>.<namespace>.svc.${model.profile.clusterDomain}`;
  const hint = `name a service (\`${example}\`), or the addresses behind the name (\`ip/…\`, \`cidr/…\`)`;
  return empty(`\`${text}\` names nothing in the cluster: the addresses of other names are not known`, hint);
}

function urlNamed(model: NetworkModel, url: string, text: string): Resolved {
  const [, scheme = '', host = '', port] = /^(https?):\/\/(?:[^@/?#]*@)?(\[[^\]]*\]|[^:/?#]*)(?::(\d+))?/i.exec(url) ?? [];
  const named = nameInCluster(model, host.toLowerCase().replace(/\.$/, ''));
  if (named?.type === 'service') {
    return serviceNamed(model, named.namespace, named.name, port ?? (scheme.toLowerCase() === 'https' ? '443' : '80'));
  }
  const hint = 'ask `route` where the URL leads, or name the service behind it (`svc/…`)';
  return empty(`\`${text}\` names no endpoints: its host is not the DNS name of a service of the cluster`, hint);
}

/** The pods of a selector of many: those that still run, unless finished ones count. */
function present(model: NetworkModel, ids: readonly number[]): readonly number[] {
  if (model.profile.policy.completedPods === 'include') return ids;
  return ids.filter((id) => model.pods[id]?.finished === false);
}

function allIds(model: NetworkModel): readonly number[] {
  return model.pods.map((pod) => pod.id);
}

function isNamespace(model: NetworkModel, name: string): boolean {
  if (model.namespaces.has(name) || model.podsByNamespace.has(name)) return true;
  // Manifests often leave the Namespace object out: whatever lives in it proves it.
  return [...model.workloads, ...model.services.values()].some((object) => object.namespace === name);
}

function unknownNamespace(model: NetworkModel, name: string): Result<never, Problem> {
  return unknown('namespace', name, new Set([...model.namespaces.keys(), ...model.podsByNamespace.keys()]));
}

function unknown(noun: 'service' | 'node' | 'namespace', name: string, candidates: Iterable<string>): Result<never, Problem> {
  const kind: ProblemKind = `unknown-${noun}`;
  const hint = didYouMeanHint(name, candidates);
  return err(problem(kind, `there is no ${noun} \`${name}\``, hint === undefined ? {} : { hint }));
}

function empty(message: string, hint?: string): Result<never, Problem> {
  return err(problem('empty-selection', message, hint === undefined ? {} : { hint }));
}
