import { inMap } from '../kernel/in-map.js';
import type { Gateway } from '../resources/gateway.js';
import type { NetworkComponent } from '../resources/pod.js';
import { dialectOfController } from './controller-dialects.js';
import type { ModelPod, NetworkModel } from './network-model.js';

/** The pods through which requests go to backends, or why they cannot be told. */
export type ProxyPods = { readonly pods: readonly ModelPod[] } | { readonly unknown: string };

/** Software whose pods serve Ingresses themselves. */
type Software = 'ingress-nginx' | 'nginx-f5' | 'traefik';

/** What a container runs, by its image and arguments as the installation of each writes them. */
interface Running {
  readonly software: Software;
  /** `spec.controller` of the classes that it serves; undefined: whatever names the software. */
  readonly controller: string | undefined;
}

interface Proxy extends Running {
  readonly pod: ModelPod;
}

const proxies = new WeakMap<NetworkModel, readonly Proxy[]>();

/** The pods that serve a class of Ingresses: of the software that the dialect is about, and where several run, of the controller that the class names. */
export function proxiesOfClass(model: NetworkModel, dialect: string, controller: string | null): ProxyPods {
  const software = softwareOf(dialect) ?? softwareOf(controller === null ? '' : (dialectOfController(controller) ?? ''));
  if (!software) return { unknown: `which pods ${controller === null ? 'serve the class' : `\`${controller}\` runs in`} is not known` };
  const running = inMap(proxies, model, () => findProxies(model)).filter((one) => one.software === software);
  const named = running.filter((one) => one.controller === undefined || controller === null || one.controller === controller);
  return ofOneWorkload(model, named.length > 0 ? named : running, software);
}

/** Label of what an implementation makes for a Gateway, in its namespace (gateway-api `apis/v1/well_known_labels.go`, GEP-1762). */
const OF_GATEWAY = 'gateway.networking.k8s.io/gateway-name';
/** Those of Envoy Gateway, whose pods stand in its own namespace (envoyproxy/gateway `internal/gatewayapi/labels.go`). */
const OF_ENVOY = { name: 'gateway.envoyproxy.io/owning-gateway-name', namespace: 'gateway.envoyproxy.io/owning-gateway-namespace' };

const ofGateways = new WeakMap<NetworkModel, ReadonlyMap<string, readonly ModelPod[]>>();

/** The pods that serve a Gateway: those labelled as its own, or the controller's where it serves requests itself. */
export function proxiesOfGateway(model: NetworkModel, { namespace, ref: { name }, className }: Gateway): ProxyPods {
  const own = inMap(ofGateways, model, () => podsByGateway(model)).get(`${namespace}/${name}`);
  if (own) return { pods: own };
  const controller = model.gatewayApi.classes.get(className)?.controllerName ?? '';
  if (controller === 'traefik.io/gateway-controller') return proxiesOfClass(model, 'traefik', null);
  if (controller === 'io.cilium/gateway-controller')
    return { unknown: 'Cilium serves Gateways by the proxy of its agents, which is no pod of its own' };
  return { unknown: `no pod in ${namespace} carries the label \`${OF_GATEWAY}: ${name}\`` };
}

/** The pods that are labelled as those of a Gateway, by its `namespace/name`. */
function podsByGateway({ pods }: NetworkModel): ReadonlyMap<string, readonly ModelPod[]> {
  const found = new Map<string, ModelPod[]>();
  for (const pod of pods) {
    const { labels, namespace, finished } = pod;
    const [own, envoys] = [labels[OF_GATEWAY], labels[OF_ENVOY.name]];
    const gateway = envoys === undefined ? own && `${namespace}/${own}` : `${labels[OF_ENVOY.namespace] ?? ''}/${envoys}`;
    if (gateway !== undefined && !finished) inMap(found, gateway, (): ModelPod[] => []).push(pod);
  }
  return found;
}

function softwareOf(dialect: string): Software | undefined {
  if (dialect === 'ingress-nginx' || dialect === 'nginx-f5') return dialect;
  return dialect.startsWith('traefik') ? 'traefik' : undefined;
}

function ofOneWorkload({ workloads }: NetworkModel, found: readonly Proxy[], software: Software): ProxyPods {
  const ids = [...new Set(found.map(({ pod }) => pod.workload))];
  const [first, second] = ids.map((id) => workloads[id]);
  if (!first) return { unknown: `no pod of ${software} is stored` };
  if (second) {
    const names = [first, second].map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`).join(', ');
    return { unknown: `${ids.length} workloads run ${software} (${names}${ids.length > 2 ? ', …' : ''}): which one serves is not known` };
  }
  return { pods: found.map(({ pod }) => pod) };
}

function findProxies({ pods }: NetworkModel): readonly Proxy[] {
  return pods.flatMap((pod): readonly Proxy[] => {
    if (pod.finished) return [];
    for (const { component } of pod.spec.containers) {
      const running = component && runningIn(component, pod);
      if (running) return [{ ...running, pod }];
    }
    return [];
  });
}

/** kubernetes/ingress-nginx `deploy/static`, traefik/traefik-helm-chart, nginx/kubernetes-ingress `deployments`. */
function runningIn({ image, arguments: all }: NetworkComponent, { labels }: ModelPod): Running | undefined {
  if (image === 'traefik') return { software: 'traefik', controller: undefined };
  if (image === 'nginx-ingress' || image === 'nginx-plus-ingress') return { software: 'nginx-f5', controller: undefined };
  const isNginx =
    image.startsWith('nginx-ingress-controller') ||
    all.some((argument) => argument.endsWith('/nginx-ingress-controller')) ||
    (image === 'controller' && labels['app.kubernetes.io/name'] === 'ingress-nginx');
  if (!isNginx) return undefined;
  const controller = all.find((argument) => argument.startsWith('--controller-class='))?.slice('--controller-class='.length);
  return { software: 'ingress-nginx', controller: controller ?? 'k8s.io/ingress-nginx' };
}
