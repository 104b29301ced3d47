/** A cluster of a given size, in the shape of the official load test (kubernetes/perf-tests clusterloader2/testing/load). */
export interface ClusterSize {
  readonly name: 'S' | 'M' | 'L';
  readonly nodes: number;
  readonly pods: number;
  readonly services: number;
  readonly policies: number;
}

/** The sizes every figure is given for. */
export const SIZES: Readonly<Record<ClusterSize['name'], ClusterSize>> = {
  S: { name: 'S', nodes: 100, pods: 3_000, services: 200, policies: 300 },
  M: { name: 'M', nodes: 1_000, pods: 30_000, services: 2_000, policies: 3_000 },
  L: { name: 'L', nodes: 5_000, pods: 150_000, services: 10_000, policies: 10_000 },
};

/** One Deployment of the plan; where there is a service, an Ingress or a policy for it, they bear its name or number. */
export interface Group {
  readonly namespace: string;
  readonly name: string;
  readonly pods: number;
}

/** Half of the pods in Deployments of 5, a quarter of 30, a quarter of 250; one namespace per 100 nodes. */
export function groupsOf(size: ClusterSize): readonly Group[] {
  const namespaces = Math.max(1, Math.floor(size.nodes / 100));
  const shares: readonly [pods: number, total: number][] = [
    [5, size.pods / 2],
    [30, size.pods / 4],
    [250, size.pods / 4],
  ];
  const groups: Group[] = [];
  for (const [pods, total] of shares) {
    for (let made = 0; made < total; made += pods) {
      const number = groups.length;
      groups.push({ namespace: `load-${number % namespaces}`, name: `app-${number}`, pods: Math.min(pods, total - made) });
    }
  }
  return groups;
}

/** Name of the pod with this index in its Deployment. */
export function podName(group: Group, index: number): string {
  return `${group.name}-${hash(group.name)}-${index}`;
}

/** Host of the Ingress with this number; there is one for every tenth service, with paths `/part-0` to `/part-4`. */
export function ingressHost(number: number): string {
  return `host-${number}.load.example`;
}

const meta = (name: string, namespace: string | undefined, labels: object) => ({
  name,
  ...(namespace === undefined ? {} : { namespace }),
  labels,
  uid: `00000000-0000-4000-8000-${name.length.toString().padStart(4, '0')}${hash(name)}`,
  resourceVersion: '4711',
  creationTimestamp: '2026-01-10T09:00:00Z',
});

function hash(text: string): string {
  let value = 2166136261;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 16777619) >>> 0;
  return value.toString(16).padStart(8, '0');
}

const address = (base: number, number: number) => {
  const value = base + number;
  return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
};
const PODS = 10 << 24;
const NODES = (172 << 24) + (16 << 16);
const SERVICES = (10 << 24) + (255 << 16);

function node(number: number): object {
  const name = `node-${number}`;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: meta(name, undefined, { 'kubernetes.io/hostname': name, 'topology.kubernetes.io/zone': `zone-${number % 3}` }),
    spec: { podCIDR: `${address(PODS, number * 256)}/24`, podCIDRs: [`${address(PODS, number * 256)}/24`] },
    status: {
      addresses: [
        { type: 'InternalIP', address: address(NODES, number + 1) },
        { type: 'Hostname', address: name },
      ],
      allocatable: { cpu: '8', memory: '32Gi', pods: '110' },
    },
  };
}

function pod(group: Group, index: number, number: number, nodes: number): object {
  const name = podName(group, index);
  const place = number % nodes;
  const ip = address(PODS, place * 256 + 2 + Math.floor(number / nodes));
  const probe = (path: string) => ({
    httpGet: { path, port: 'http', scheme: 'HTTP' },
    initialDelaySeconds: 10,
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
  });
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...meta(name, group.namespace, {
        app: group.name,
        'pod-template-hash': hash(group.name),
        tier: number % 4 === 0 ? 'frontend' : 'backend',
      }),
      generateName: `${group.name}-${hash(group.name)}-`,
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          name: `${group.name}-${hash(group.name)}`,
          uid: '1',
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      volumes: [
        {
          name: 'token',
          projected: {
            sources: [
              { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
              { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
            ],
            defaultMode: 420,
          },
        },
      ],
      containers: [
        {
          name: 'main',
          image: `registry.example/load/${group.name}:1.0.${number % 10}`,
          ports: [
            { name: 'http', containerPort: 8080, protocol: 'TCP' },
            { name: 'metrics', containerPort: 9090, protocol: 'TCP' },
          ],
          env: Array.from({ length: 12 }, (_, variable) => ({ name: `SETTING_${variable}`, value: `value-${variable}-of-${group.name}` })),
          resources: { limits: { cpu: '500m', memory: '256Mi' }, requests: { cpu: '100m', memory: '64Mi' } },
          volumeMounts: [{ name: 'token', readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }],
          livenessProbe: probe('/healthz'),
          readinessProbe: probe('/readyz'),
          terminationMessagePath: '/dev/termination-log',
          terminationMessagePolicy: 'File',
          imagePullPolicy: 'IfNotPresent',
        },
      ],
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      serviceAccountName: 'default',
      nodeName: `node-${place}`,
      securityContext: {},
      schedulerName: 'default-scheduler',
      tolerations: [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }],
      priority: 0,
      enableServiceLinks: true,
    },
    status: {
      phase: 'Running',
      conditions: ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({
        type,
        status: 'True',
        lastProbeTime: null,
        lastTransitionTime: '2026-01-10T09:00:05Z',
      })),
      hostIP: address(NODES, place + 1),
      podIP: ip,
      podIPs: [{ ip }],
      startTime: '2026-01-10T09:00:01Z',
      containerStatuses: [
        {
          name: 'main',
          state: { running: { startedAt: '2026-01-10T09:00:04Z' } },
          lastState: {},
          ready: true,
          restartCount: 0,
          image: `registry.example/load/${group.name}`,
          imageID: `sha256:${hash(group.name).repeat(8)}`,
          started: true,
        },
      ],
      qosClass: 'Burstable',
    },
  };
}

function workload(group: Group): readonly object[] {
  const labels = { app: group.name };
  const template = {
    metadata: { labels },
    spec: { containers: [{ name: 'main', image: 'registry.example/load/app:1', ports: [{ name: 'http', containerPort: 8080 }] }] },
  };
  const owner = [{ apiVersion: 'apps/v1', kind: 'Deployment', name: group.name, uid: '1', controller: true }];
  const spec = { replicas: group.pods, selector: { matchLabels: labels }, template };
  return [
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata: meta(group.name, group.namespace, labels), spec },
    {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { ...meta(`${group.name}-${hash(group.name)}`, group.namespace, labels), ownerReferences: owner },
      spec,
    },
  ];
}

function service(group: Group, number: number): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: meta(group.name, group.namespace, { app: group.name }),
    spec: {
      type: 'ClusterIP',
      clusterIP: address(SERVICES, number + 2),
      selector: { app: group.name },
      ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }],
    },
  };
}

function ingress(group: Group, number: number): object {
  const paths = Array.from({ length: 5 }, (_, path) => ({
    path: `/part-${path}`,
    pathType: 'Prefix',
    backend: { service: { name: group.name, port: { name: 'http' } } },
  }));
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: meta(group.name, group.namespace, { app: group.name }),
    spec: { ingressClassName: 'nginx', rules: [{ host: ingressHost(number), http: { paths } }] },
  };
}

function policy(group: Group, peer: Group, number: number): object {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: meta(`policy-${number}`, group.namespace, {}),
    spec: {
      podSelector: { matchLabels: { app: group.name } },
      policyTypes: ['Ingress'],
      ingress: [
        {
          from: [
            {
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': peer.namespace } },
              podSelector: { matchLabels: { app: peer.name } },
            },
          ],
          ports: [{ protocol: 'TCP', port: 8080 }],
        },
      ],
    },
  };
}

/** Every object of the cluster, a pod being about 3.5 kB of JSON. Deterministic. */
export function* syntheticCluster(size: ClusterSize): Generator<object> {
  const groups = groupsOf(size);
  const at = (number: number): Group => groups[number % groups.length] ?? { namespace: 'load-0', name: 'app-0', pods: 1 };
  for (const name of new Set(groups.map((group) => group.namespace)))
    yield { apiVersion: 'v1', kind: 'Namespace', metadata: meta(name, undefined, { 'kubernetes.io/metadata.name': name }) };
  yield {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: meta('nginx', undefined, {}),
    spec: { controller: 'k8s.io/ingress-nginx' },
  };
  for (let number = 0; number < size.nodes; number++) yield node(number);
  for (const group of groups) yield* workload(group);
  for (let number = 0; number < size.services; number++) yield service(at(number), number);
  for (let number = 0; number < size.services / 10; number++) yield ingress(at(number), number);
  for (let number = 0; number < size.policies; number++) yield policy(at(number), at(number + 1), number);
  let pods = 0;
  for (const group of groups) for (let index = 0; index < group.pods; index++) yield pod(group, index, pods++, size.nodes);
}
