import { pointerBelow } from '../../kernel/json-pointer.js';
import type { PatchStep } from '../../kernel/patch-step.js';
import { looksMisspelled } from '../../model/endpoints/looks-misspelled.js';
import type { ModelPod, ModelService, ModelWorkload, NetworkModel } from '../../model/network-model.js';
import type { Labels } from '../../resources/resource.js';
import type { FindingDraft, FindingFix } from '../finding.js';
import { podsText } from './pod-place.js';
import { nearbyPods, selectedPods } from './selected-pods.js';

const POINTER = '/spec/selector';

/** What is wrong with whom a service selects: nobody, nearly somebody, or it does not select at all. */
export function* selectorChecks(model: NetworkModel, service: ModelService): Generator<FindingDraft> {
  const { resource, ref, endpoints } = service;
  if (resource.type === 'ExternalName') return;
  const { selector } = resource;
  if (!selector) {
    if (endpoints.source === 'none') yield selectorless(model, service);
    return;
  }
  const selected = selectedPods(model, service);
  const near = nearbyPods(model, service);
  const mended = selected.length > 0 ? undefined : mendSelector(service, selector, near);
  if (selected.length === 0) {
    // one fault, one patch: where a label is off, the finding that names it carries the patch
    const message = `no pod of namespace \`${service.namespace}\` matches the selector ${labelsText(selector)} of service \`${nameOf(service)}\``;
    yield {
      code: 'SELECTOR_NO_MATCH',
      object: ref,
      pointer: POINTER,
      message,
      fix: mended ? undefined : otherMeans(model, service, selector),
    };
  }
  if (near.length === 0) return;
  const [nearest] = mended ? near.filter((pod) => mended.pods.includes(pod)) : near;
  const difference = nearest && differenceText(selector, nearest);
  yield {
    code: 'SELECTOR_NEAR_MISS',
    object: ref,
    pointer: mended ? mended.pointer : POINTER,
    message: `${podsText(mended?.pods ?? near)}: ${difference ?? 'one label is off'}`,
    related: (mended?.pods ?? near).map((pod) => ({ object: pod.ref, pointer: '/metadata/labels' })),
    fix: mended?.fix,
  };
}

const nameOf = ({ namespace, name }: ModelService): string => `${namespace}/${name}`;

function labelsText(labels: Labels): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

/** The one label that the pod does not have as the selector wants it. */
function unmetLabel(selector: Labels, { labels }: ModelPod): readonly [key: string, own: string | undefined] | undefined {
  const key = Object.keys(selector).find((one) => !Object.hasOwn(labels, one) || labels[one] !== selector[one]);
  return key === undefined ? undefined : [key, Object.hasOwn(labels, key) ? labels[key] : undefined];
}

function differenceText(selector: Labels, pod: ModelPod): string | undefined {
  const unmet = unmetLabel(selector, pod);
  if (!unmet) return undefined;
  const [key, own] = unmet;
  const has = own === undefined ? `label \`${key}\` is missing` : `label \`${key}\` is \`${own}\``;
  return `${has}; the selector asks for \`${selector[key] ?? ''}\``;
}

/** A change of the selector, and the pods that it would select. */
interface MendedSelector {
  readonly fix: FindingFix;
  readonly pointer: string;
  readonly pods: readonly ModelPod[];
}

/** The selector with one label mended, towards a pod whose value looks misspelled, else towards the first. */
function mendSelector({ ref }: ModelService, selector: Labels, near: readonly ModelPod[]): MendedSelector | undefined {
  const unmetOf = (pod: ModelPod) => unmetLabel(selector, pod);
  const misspelled = near.find((pod) => {
    const [key, own] = unmetOf(pod) ?? [];
    return key !== undefined && own !== undefined && looksMisspelled(own, selector[key] ?? '');
  });
  const nearest = misspelled ?? near[0];
  const [key, own] = (nearest && unmetOf(nearest)) ?? [];
  if (key === undefined || (own === undefined && Object.keys(selector).length === 1)) return undefined;
  const pointer = pointerBelow(POINTER, key);
  const pods = near.filter((pod) => {
    const [otherKey, otherOwn] = unmetOf(pod) ?? [];
    return otherKey === key && otherOwn === own;
  });
  const step: PatchStep = own === undefined ? { op: 'remove', path: pointer } : { op: 'replace', path: pointer, value: own };
  const message = own === undefined ? `leave \`${key}\` out of the selector` : `select \`${key}=${own}\``;
  return { fix: { message, object: ref, patch: [step], create: [] }, pointer, pods };
}

/** A workload that the selector would match if it had pods is scaled up; else the workload that is called like the service is selected. */
function otherMeans(model: NetworkModel, service: ModelService, selector: Labels): FindingFix | undefined {
  const asleep = model.workloads.find(
    ({ namespace, template, pods }) =>
      namespace === service.namespace &&
      pods.length === 0 &&
      template !== undefined &&
      Object.entries(selector).every(([key, value]) => template.labels[key] === value),
  );
  if (asleep && SCALED.has(asleep.kind)) {
    const message = `scale ${asleep.kind} ${asleep.namespace}/${asleep.name} up: it has no pods`;
    return { message, object: asleep.ref, patch: [{ op: 'add', path: '/spec/replicas', value: 1 }], create: [] };
  }
  return selectNamesake(model, service);
}

const SCALED = new Set(['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController']);

function selectorless(model: NetworkModel, service: ModelService): FindingDraft {
  const message = `service \`${nameOf(service)}\` has no selector and no endpoints of its own: nothing answers`;
  return { code: 'SELECTORLESS', object: service.ref, pointer: POINTER, message, fix: selectNamesake(model, service) };
}

/** The workload that is called like the service, if there is one. */
function selectNamesake(model: NetworkModel, { namespace, name, ref }: ModelService): FindingFix | undefined {
  const workload = NAMESAKES.map((kind) => model.workloadByKey.get(`${kind}/${namespace}/${name}`)).find((one) => one !== undefined);
  const labels = workload && labelsOf(model, workload);
  if (!workload || !labels || workload.pods.length === 0 || Object.keys(labels).length === 0) return undefined;
  const message = `select the pods of ${workload.kind} ${namespace}/${name}`;
  return { message, object: ref, patch: [{ op: 'add', path: POINTER, value: { ...labels } }], create: [] };
}

const NAMESAKES = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Pod'];

function labelsOf(model: NetworkModel, { template, pods }: ModelWorkload): Labels | undefined {
  return template?.labels ?? model.pods[pods[0] ?? -1]?.labels;
}
