import type { ModelService, NetworkModel } from '../../src/core/model/network-model.js';
import type { EndpointSlice } from '../../src/core/resources/endpoint-slice.js';
import type { KubernetesObject } from '../../src/core/resources/kubernetes-object.js';

/**
 * A service `t/s` and pods in the notation of the tables, one object a line:
 *
 * ```
 * svc app=web http:80>8080/TCP          selector pairs, ports `name:port>target/protocol`
 *     publish headless dual IPv6 ExternalName selectorless              what else it has; `Auto`: the topology mode; `PreferClose` …
 * pod a app=web @n1 10.0.0.1 fd00::1    name, labels, node, addresses
 *     http=8080/TCP: Ready              a container port ends with a colon; Ready, NotReady; Terminating, Failed, Succeeded, Pending
 *     host=a.s                          hostname and subdomain
 *     sidecar, init                     container ports behind these words are those of an initContainer that never ends, or that ends
 * node n1 zone-a 4cpu                   name, zone, CPUs (such a node is Ready)
 * ```
 */
export function endpointCluster(text: string): KubernetesObject[] {
  return text
    .split(/\n|;/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [kind = '', ...words] = line.split(/\s+/);
      if (kind === 'svc') return service(words);
      if (kind === 'pod') return pod(words);
      if (kind === 'node') return node(words);
      throw new Error(`neither svc, pod nor node: ${line}`);
    });
}

/** `k=v` pairs; container ports look alike and end with a colon. */
function pairs(words: readonly string[]): Record<string, string> {
  const found = words.filter((word) => /^[\w./-]+=[^=:]*$/.test(word) && !word.startsWith('host='));
  return Object.fromEntries(found.map((word) => word.split('=') as [string, string]));
}

function service(words: readonly string[]): KubernetesObject {
  const has = (word: string) => words.includes(word);
  const ports = words.flatMap((word) => {
    const [, name = '', port, target = '', protocol = 'TCP'] = /^(?:([\w-]+):)?(\d+)>([\w-]+)(?:\/(\w+))?$/.exec(word) ?? [];
    if (port === undefined) return [];
    return [{ ...(name === '' ? {} : { name }), port: Number(port), protocol, targetPort: /^\d+$/.test(target) ? Number(target) : target }];
  });
  const ipFamilies = has('dual') ? ['IPv4', 'IPv6'] : has('IPv6') ? ['IPv6'] : ['IPv4'];
  const labels = { 'service.kubernetes.io/headless': 'of the user', team: 'x' };
  const annotations = has('Auto') ? { 'service.kubernetes.io/topology-mode': 'Auto' } : {};
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 's', namespace: 't', labels, annotations },
    spec: {
      ...(has('selectorless') ? {} : { selector: pairs(words) }),
      ports,
      ipFamilies,
      ...(has('publish') ? { publishNotReadyAddresses: true } : {}),
      ...(has('headless') ? { clusterIP: 'None' } : {}),
      ...(has('ExternalName') ? { type: 'ExternalName', externalName: 'example.com' } : {}),
      ...(words.find((word) => word.startsWith('Prefer'))
        ? { trafficDistribution: words.find((word) => word.startsWith('Prefer')) ?? '' }
        : {}),
    },
  };
}

function containerPorts(words: readonly string[]): { name: string; containerPort: number; protocol: string }[] {
  return words.flatMap((word) => {
    const [, port, number, protocol = 'TCP'] = /^([\w-]+)=(\d+)(?:\/(\w+))?:$/.exec(word) ?? [];
    return port === undefined ? [] : [{ name: port, containerPort: Number(number), protocol }];
  });
}

/** The containers of a pod: the words before `sidecar` or `init` are the main one's, those behind it the other's. */
function containersOf(words: readonly string[]): Record<string, KubernetesObject['x'][]> {
  const second = words.findIndex((word) => word === 'sidecar' || word === 'init');
  if (second < 0) return { containers: [{ name: 'main', ports: containerPorts(words) }] };
  const other = { name: 'other', ports: containerPorts(words.slice(second)) };
  return {
    containers: [{ name: 'main', ports: containerPorts(words.slice(0, second)) }],
    initContainers: [words[second] === 'sidecar' ? { ...other, restartPolicy: 'Always' } : other],
  };
}

function pod([name = '', ...words]: readonly string[]): KubernetesObject {
  const has = (word: string) => words.includes(word);
  const nodeName = words.find((word) => word.startsWith('@'))?.slice(1);
  const addresses = words.filter((word) => /^[\da-f]+[.:][\da-f.:]*[\da-f]$/i.test(word));
  const [hostname = '', subdomain = ''] =
    words
      .find((word) => word.startsWith('host='))
      ?.slice(5)
      .split('.') ?? [];
  const phase = ['Failed', 'Succeeded', 'Pending'].find(has) ?? 'Running';
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 't', labels: pairs(words), ...(has('Terminating') ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}) },
    spec: {
      ...containersOf(words),
      ...(nodeName === undefined ? {} : { nodeName }),
      ...(hostname === '' ? {} : { hostname, subdomain }),
    },
    status: {
      phase,
      conditions: [{ type: 'Ready', status: has('NotReady') || phase !== 'Running' ? 'False' : 'True' }],
      podIPs: addresses.map((ip) => ({ ip })),
    },
  };
}

function node([name = '', ...words]: readonly string[]): KubernetesObject {
  const cpu = words.find((word) => /^\d+cpu$/.test(word))?.slice(0, -3);
  const zone = words.find((word) => !/^\d+cpu$/.test(word));
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: zone === undefined ? {} : { 'topology.kubernetes.io/zone': zone } },
    ...(cpu === undefined ? {} : { status: { conditions: [{ type: 'Ready', status: 'True' }], capacity: { cpu }, allocatable: { cpu } } }),
  };
}

/** The service of the notation. */
export function serviceOf(model: NetworkModel): ModelService {
  const found = model.services.get('t/s');
  if (!found) throw new Error('there is no service t/s');
  return found;
}

/** `IPv4 http:8080/TCP | 10.0.0.1 ready, 10.0.0.2 serving terminating`: a slice as tables write it. An endpoint that is nothing is `not ready`. */
export function sliceLine({ addressType, ports, endpoints }: EndpointSlice): string {
  const head = ports.map(({ name, port, protocol }) => ` ${name === '' ? '' : `${name}:`}${port}/${protocol}`).join('');
  const body = endpoints.map((endpoint) => {
    const { ready, serving, terminating, hostname, zoneHints, nodeHints } = endpoint;
    const states = [
      ready && 'ready',
      serving && !ready && 'serving',
      !serving && !terminating && !ready && 'not ready',
      terminating && 'terminating',
    ];
    const hints = [...zoneHints, ...nodeHints].map((hint) => `for ${hint}`);
    return [...endpoint.addresses, ...states.filter((state) => state !== false), hostname && `as ${hostname}`, ...hints]
      .filter(Boolean)
      .join(' ');
  });
  return `${addressType}${head} |${body.length === 0 ? '' : ` ${body.join(', ')}`}`;
}

/** `a READY`, `b NODE_MISSING`, `c READY without http PORT_NAME_NOT_FOUND`: the candidates as tables write them. */
export function candidateLines(model: NetworkModel): string[] {
  return serviceOf(model).endpoints.candidates.map(({ pod, reason, missingPorts }) =>
    [model.pods[pod]?.name, reason, ...missingPorts.map((missing) => `without ${missing.port} ${missing.reason}`)].join(' '),
  );
}
