import type { KubernetesObject } from '../../src/core/resources/kubernetes-object.js';

/**
 * A cluster in the notation of the tables, one object a line, everything in namespace `t` unless a name says otherwise (`other/web`):
 *
 * ```
 * node a 192.168.0.1 2001:db8::1 zone=z1
 * service web 10.96.0.10 http:80>8080 dns:53>53/UDP@30053 type=NodePort externalTrafficPolicy=Local
 *     no address: none is given; `None`: headless; ports `name:port>target[/protocol][@nodePort]`
 *     lb=203.0.113.5 (lb=203.0.113.5/Proxy: ipMode), external=192.0.2.9, name=db.example.com (externalName); any other pair stands in `spec` as it is
 * endpoints web 10.244.1.5@a 10.244.2.5@b!unready 10.244.2.6@b!draining
 *     `!unready`, `!draining` (serves while it terminates), `!gone` (terminates, serves no longer); `~z1` hinted to a zone, `^a` to a node; `#db-0` hostname, `/z1` zone
 * namespace other
 * pod web-0 10.244.1.5@a
 * ```
 */
export function serviceCluster(text: string): KubernetesObject[] {
  const lines = text.split(/\n|;/).map((line) => line.trim());
  const services = new Map<string, readonly Port[]>();
  return lines
    .filter((line) => line !== '')
    .flatMap((line) => {
      const [kind = '', name = '', ...words] = line.split(/\s+/);
      if (kind === 'node') return [node(name, words)];
      if (kind === 'namespace') return [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }];
      if (kind === 'pod') return [pod(name, words[0] ?? '')];
      if (kind === 'service') return [service(name, words, services)];
      if (kind === 'endpoints') return endpointSlices(name, words, services.get(name) ?? []);
      throw new Error(`not an object of the notation: ${line}`);
    });
}

type Port = {
  readonly name?: string;
  readonly port: number;
  readonly targetPort: number | string;
  readonly protocol: string;
  readonly nodePort?: number;
};

const PORT = /^(?<name>[\w-]*):(?<port>\d+)>(?<target>[\w-]+)(?:\/(?<protocol>\w+))?(?:@(?<nodePort>\d+))?$/;
const ENDPOINT = /^(?<ip>[\da-f.:]+)(?:@(?<node>[\w-]+))?(?<rest>(?:[!~^#/][\w-]+)*)$/;

function metadata(name: string): { namespace: string; name: string } {
  const [namespace = '', own] = name.split('/');
  return own === undefined ? { namespace: 't', name } : { namespace, name: own };
}

function node(name: string, words: readonly string[]): KubernetesObject {
  const addresses = words.filter((word) => !word.includes('=')).map((address) => ({ type: 'InternalIP', address }));
  const zone = words.find((word) => word.startsWith('zone='))?.slice('zone='.length);
  const labels = { 'kubernetes.io/hostname': name, ...(zone === undefined ? {} : { 'topology.kubernetes.io/zone': zone }) };
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, labels }, status: { addresses } };
}

function pod(name: string, place: string): KubernetesObject {
  const [ip = '', nodeName = ''] = place.split('@');
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: metadata(name),
    spec: { nodeName, containers: [{ name: 'main' }] },
    status: { phase: 'Running', podIP: ip, podIPs: [{ ip }], conditions: [{ type: 'Ready', status: 'True' }] },
  };
}

function portOf(word: string): Port | undefined {
  const { name = '', port, target = '', protocol = 'TCP', nodePort } = PORT.exec(word)?.groups ?? {};
  if (port === undefined) return undefined;
  return {
    ...(name === '' ? {} : { name }),
    port: Number(port),
    targetPort: /^\d+$/.test(target) ? Number(target) : target,
    protocol,
    ...(nodePort === undefined ? {} : { nodePort: Number(nodePort) }),
  };
}

function service(name: string, words: readonly string[], services: Map<string, readonly Port[]>): KubernetesObject {
  const ports = words.flatMap((word) => portOf(word) ?? []);
  services.set(name, ports);
  const pairs = words
    .filter((word) => word.includes('='))
    .map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]);
  const { lb, external, name: externalName, ...spec } = Object.fromEntries(pairs) as Record<string, string>;
  const clusterIPs = words.filter((word) => word === 'None' || (!word.includes('=') && ENDPOINT.test(word) && portOf(word) === undefined));
  const [ip, ipMode] = lb?.split('/') ?? [];
  const ranges = spec['loadBalancerSourceRanges'];
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(name),
    spec: {
      ports: [...ports],
      ...(clusterIPs.length === 0 ? {} : { clusterIP: clusterIPs[0] ?? '', clusterIPs }),
      ...(external === undefined ? {} : { externalIPs: external.split(',') }),
      ...(externalName === undefined ? {} : { type: 'ExternalName', externalName }),
      ...spec,
      ...(ranges === undefined ? {} : { loadBalancerSourceRanges: ranges.split(',') }),
      ...(spec['healthCheckNodePort'] === undefined ? {} : { healthCheckNodePort: Number(spec['healthCheckNodePort']) }),
    },
    ...(ip === undefined ? {} : { status: { loadBalancer: { ingress: [{ ip, ...(ipMode === undefined ? {} : { ipMode }) }] } } }),
  };
}

/** One slice a family. The ports are the service's, by their target numbers. */
function endpointSlices(name: string, words: readonly string[], ports: readonly Port[]): KubernetesObject[] {
  const endpoints = words.map(endpointOf);
  return (['IPv4', 'IPv6'] as const).flatMap((addressType) => {
    const ofFamily = endpoints.filter(({ addresses: [ip = ''] }) => ip.includes(':') === (addressType === 'IPv6'));
    if (ofFamily.length === 0) return [];
    const { namespace, name: own } = metadata(name);
    return [
      {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { namespace, name: `${own}-${addressType.toLowerCase()}`, labels: { 'kubernetes.io/service-name': own } },
        addressType,
        ports: ports.map((port) => ({ name: port.name ?? '', protocol: port.protocol, port: Number(port.targetPort) })),
        endpoints: ofFamily,
      },
    ];
  });
}

const CONDITIONS: Readonly<Record<string, object>> = {
  unready: { ready: false, serving: false, terminating: false },
  draining: { ready: false, serving: true, terminating: true },
  gone: { ready: false, serving: false, terminating: true },
};

function endpointOf(word: string): { addresses: string[] } {
  const { ip = '', node: nodeName, rest = '' } = ENDPOINT.exec(word)?.groups ?? {};
  if (ip === '') throw new Error(`not an endpoint of the notation: ${word}`);
  const marks = [...rest.matchAll(/([!~^#/])([\w-]+)/g)].map(([, sign = '', value = '']) => ({ sign, value }));
  const of = (sign: string) => marks.filter((mark) => mark.sign === sign).map(({ value }) => value);
  const [hostname] = of('#');
  const [zone] = of('/');
  const [condition = ''] = of('!');
  return {
    addresses: [ip],
    conditions: CONDITIONS[condition] ?? { ready: true },
    ...(nodeName === undefined ? {} : { nodeName }),
    ...(hostname === undefined ? {} : { hostname }),
    ...(zone === undefined ? {} : { zone }),
    hints: { forZones: of('~').map((name) => ({ name })), forNodes: of('^').map((name) => ({ name })) },
  } as { addresses: string[] };
}
