import { compareRefs } from '../kernel/object-ref.js';
import { finished, type Steps } from '../kernel/steps.js';
import type { UnderstoodResource } from '../resources/understood-resource.js';
import { detectProfile } from './detect-profile.js';
import { Assumptions } from './internal/assumptions.js';
import { buildServices } from './internal/build-services.js';
import { byQualifiedName } from './internal/by-qualified-name.js';
import { foldWorkloads } from './internal/fold-workloads.js';
import { indexResources, type ResourceIndex } from './internal/resource-index.js';
import { LabelIndex } from './internal/label-index.js';
import { makePods } from './internal/make-pods.js';
import { namespacesOf } from './internal/namespaces-of.js';
import { numberPods } from './internal/number-pods.js';
import { ownersOfAddresses } from './internal/owners-of-addresses.js';
import { readAsCilium } from './internal/read-as-cilium.js';
import { readAsPlugin } from './internal/read-as-plugin.js';
import { settleNodes } from './internal/settle-nodes.js';
import type { NetworkModel, UnmodelledObject } from './network-model.js';
import type { ProfileSettings } from './profile-settings.js';

/** What a model follows from, and nothing else: no clock, no chance, no order. */
export interface ModelInput {
  /** Normalised objects in any order. */
  readonly resources: readonly UnderstoodResource[];
  readonly unmodelled: readonly UnmodelledObject[];
  readonly settings: ProfileSettings;
  /**
   * The model of an earlier revision, whose endpoints are taken over where nothing they follow from changed. It makes the model sooner, never another one; what
   * did not change has to be the same object in `resources` for that.
   */
  readonly earlier?: NetworkModel | undefined;
}

/** Compiles a model in one go. */
export function compileModel(input: ModelInput): NetworkModel {
  return finished(compileSteps(input));
}

/**
 * Compiles a model. Yields after every thousand items or so: between two steps the caller may let others run (ADR 0002). The steps and the rules they
 * follow stand in the README of the room.
 */
export function* compileSteps(input: ModelInput): Steps<NetworkModel> {
  const assumptions = new Assumptions();
  const index = yield* indexResources(input.resources);
  const { profile, sources, dnsSetup, felixEnvironment, felixAgent } = yield* detectProfile(index, input.settings);
  const drafts = yield* foldWorkloads(index);
  const nodes = yield* settleNodes(index, drafts, { profile, sources }, assumptions);
  const made = yield* makePods(drafts, [...nodes.values()], assumptions);
  const { pods, podByKey, workloads, workloadByKey } = yield* numberPods(drafts, made);
  const labels = yield* LabelIndex.of(pods);
  const { services, orphanSlices } = yield* buildServices(
    { index, profile, sources, nodes, pods, labels, podByKey, earlier: input.earlier },
    assumptions,
  );
  return {
    profile,
    profileSources: sources,
    dnsSetup,
    felixEnvironment,
    felixAgent,
    namespaces: namespacesOf(index, pods, input.unmodelled),
    nodes,
    workloads,
    workloadByKey,
    pods,
    podByKey,
    podsByNamespace: labels.podsByNamespace(),
    services,
    orphanSlices,
    ...takenAsTheyAre(index),
    ciliumPolicies: readAsCilium(index.ciliumPolicies, profile.policy.cilium),
    clusterPolicies: readAsPlugin(index.clusterPolicies, profile.policy.clusterPolicyGaps),
    ipOwners: yield* ownersOfAddresses(pods, nodes, services),
    unmodelled: [...input.unmodelled].sort((a, b) => compareRefs(a.ref, b.ref)),
    assumptions: assumptions.list(),
    selectPods: (namespace, selector) => labels.select(namespace, selector),
  };
}

function takenAsTheyAre(
  index: ResourceIndex,
): Pick<
  NetworkModel,
  | 'serviceImports'
  | 'networkPolicies'
  | 'calico'
  | 'serviceAccounts'
  | 'ciliumCIDRGroups'
  | 'ciliumEgressGateways'
  | 'ciliumPodIPPools'
  | 'antreaIPPools'
  | 'kubeOvnSubnets'
  | 'loadBalancerPools'
  | 'serviceCIDRs'
  | 'ipAddresses'
  | 'ingresses'
  | 'ingressClasses'
  | 'openShiftRoutes'
  | 'gatewayApi'
  | 'traefik'
  | 'virtualServers'
  | 'secrets'
  | 'configMaps'
> {
  return {
    serviceImports: byQualifiedName(index.serviceImports),
    networkPolicies: index.networkPolicies,
    calico: index.calico,
    serviceCIDRs: index.serviceCIDRs,
    ipAddresses: index.ipAddresses,
    serviceAccounts: index.serviceAccounts,
    ciliumCIDRGroups: index.ciliumCIDRGroups,
    ciliumEgressGateways: index.ciliumEgressGateways,
    ciliumPodIPPools: index.ciliumPodIPPools,
    antreaIPPools: index.antreaIPPools,
    kubeOvnSubnets: index.kubeOvnSubnets,
    loadBalancerPools: index.loadBalancerPools,
    ingresses: index.ingresses,
    openShiftRoutes: index.openShiftRoutes,
    gatewayApi: index.gatewayApi,
    traefik: index.traefik,
    virtualServers: index.virtualServers,
    ingressClasses: byQualifiedName(index.ingressClasses),
    secrets: byQualifiedName(index.secrets),
    configMaps: index.configMaps,
  };
}
