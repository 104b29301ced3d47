import { compileModel } from '../src/core/model/compile-model.js';
import type { NetworkModel } from '../src/core/model/network-model.js';
import { NO_SETTINGS } from '../src/core/model/profile-settings.js';
import type { KubernetesObject } from '../src/core/resources/kubernetes-object.js';
import { normaliseObject } from '../src/core/resources/normalise-object.js';
import type { UnderstoodResource } from '../src/core/resources/understood-resource.js';
import { format, measured, median } from './measure.js';
import { comparedFigure, plainFigure, type Section } from './section.js';

const RUNS = 5;
const PODS = 50_000;
const SERVICES = 10_000;
/** Pods behind one service; every pod stands behind two. */
const EACH = 10;
const NAMESPACES = 100;
const NODES = 500;
const GROUPS = SERVICES / 2;

function pod(number: number, ready = 'True'): KubernetesObject {
  const group = number % GROUPS;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `pod-${number}`, namespace: `ns-${group % NAMESPACES}`, labels: { app: `app-${group}`, part: 'shop' } },
    spec: { nodeName: `node-${number % NODES}`, containers: [{ name: 'main', ports: [{ name: 'http', containerPort: 8080 }] }] },
    status: {
      phase: 'Running',
      podIP: `10.${128 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`,
      conditions: [{ type: 'Ready', status: ready }],
    },
  };
}

function service(number: number): KubernetesObject {
  const group = number % GROUPS;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: `svc-${number}`, namespace: `ns-${group % NAMESPACES}` },
    spec: {
      clusterIP: `10.96.${number >> 8}.${number & 255}`,
      selector: number < GROUPS ? { app: `app-${group}` } : { app: `app-${group}`, part: 'shop' },
      ports: [{ name: 'http', port: 80, targetPort: 'http' }],
    },
  };
}

const node = (number: number): KubernetesObject => ({ apiVersion: 'v1', kind: 'Node', metadata: { name: `node-${number}` } });

function normalised<T>(count: number, make: (number: number) => T & KubernetesObject): readonly UnderstoodResource[] {
  return Array.from({ length: count }, (_, number) => normaliseObject(make(number)).resource ?? []).flat();
}

async function cpuOf(work: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run++) times.push((await measured(work)).cpu);
  return median(times);
}

/** Endpoints derived from pods: all of them, and those that one more revision touches. */
export async function benchEndpoints(): Promise<Section> {
  const nodes = normalised(NODES, node);
  const pods = normalised(PODS, (number) => pod(number));
  const services = normalised(SERVICES, service);
  const compile = (resources: readonly UnderstoodResource[], earlier?: NetworkModel) =>
    compileModel({ resources, unmodelled: [], settings: NO_SETTINGS, earlier });
  const everything = [...nodes, ...pods, ...services];
  const model = compile(everything);
  const published = [...model.services.values()].reduce((sum, { endpoints }) => sum + endpoints.candidates.length, 0);
  if (published !== SERVICES * EACH) throw new Error(`${published} endpoints`);
  const changed = [...nodes, ...pods.slice(1), ...normalised(1, () => pod(0, 'False')), ...services];
  const next = compile(changed, model);
  const touched = [...next.services].filter(([key, { endpoints }]) => model.services.get(key)?.endpoints !== endpoints).length;
  const [all, without, after] = [
    await cpuOf(() => compile(everything)),
    await cpuOf(() => compile([...nodes, ...pods])),
    await cpuOf(() => compile(changed, model)),
  ];
  return {
    title: 'Endpoints',
    about:
      '10,000 services select 50,000 pods on 500 nodes, 100,000 endpoints and no EndpointSlice imported: every one is derived. Seconds of CPU, all threads of the process, from normalised objects to the whole model, median of ' +
      `${RUNS} runs. Reference: the model of the same nodes and pods without services.`,
    figures: [
      plainFigure('deriving all endpoints: the difference of the two below', format(all - without, 's'), '< 2 s'),
      comparedFigure('the model with all endpoints derived', 's', all, without),
      comparedFigure('the model of the next revision, in which one pod changed', 's', after, without),
      plainFigure('services whose endpoints were derived again for it', format(touched), '2: those of the pod'),
    ],
  };
}
