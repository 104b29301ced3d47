import type { ObjectRef } from '../kernel/object-ref.js';
import type { Ip, IpFamily } from '../net/ip.js';
import type { ObjectReader } from './internal/object-reader.js';
import { readProtocol } from './internal/read-protocol.js';
import { readResource } from './internal/read-resource.js';
import type { LoadBalancerIngress, Service, ServicePort, ServiceType } from './service.js';

const FIELDS: ReadonlySet<string> = new Set(
  `allocateLoadBalancerNodePorts clusterIP clusterIPs externalIPs externalName externalTrafficPolicy healthCheckNodePort internalTrafficPolicy
  ipFamilies ipFamilyPolicy loadBalancerClass loadBalancerIP loadBalancerSourceRanges ports publishNotReadyAddresses selector sessionAffinity
  sessionAffinityConfig topologyKeys trafficDistribution type ipFamily`.split(/\s+/),
);
const PORT_FIELDS: ReadonlySet<string> = new Set(['appProtocol', 'name', 'nodePort', 'port', 'protocol', 'targetPort']);
const TYPES: readonly ServiceType[] = ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'];
const FAMILIES: Readonly<Record<string, IpFamily>> = { IPv4: 4, IPv6: 6 };
const THREE_HOURS = 10_800;
const ONE_DAY = 86_400;
const POLICIES = ['Cluster', 'Local'] as const;

/** Reads a v1 Service and fills in what kubernetes `pkg/apis/core/v1/defaults.go` (`SetDefaults_Service`) does. */
export function normaliseService(root: ObjectReader, ref: ObjectRef): Service {
  if (!root.has('spec')) root.error('missing-field', 'spec', 'a Service needs a spec');
  const spec = root.object('spec') ?? root.empty('spec');
  spec.expectOnly(FIELDS);
  const type = spec.oneOf('type', TYPES) ?? spec.default('type', 'ClusterIP');
  const externalIPs = spec.ips('externalIPs');
  return {
    ...readResource(root, ref),
    kind: 'Service',
    type,
    ...readClusterIPs(spec),
    selector: readSelector(spec),
    ports: spec.objects('ports').flatMap(readPort),
    externalName: type === 'ExternalName' ? readExternalName(spec) : spec.filledText('externalName'),
    externalIPs,
    ...readFamilies(spec),
    ...readTrafficPolicies(spec, type, externalIPs.length > 0),
    ...readAffinity(spec),
    publishNotReadyAddresses: spec.boolean('publishNotReadyAddresses') ?? false,
    healthCheckNodePort: spec.integer('healthCheckNodePort', 0, 65535) || undefined,
    loadBalancerClass: spec.filledText('loadBalancerClass'),
    loadBalancerIP: spec.ip('loadBalancerIP'),
    loadBalancerSourceRanges: spec.cidrs('loadBalancerSourceRanges'),
    loadBalancerIngress: readIngress(root.object('status')),
    allocateLoadBalancerNodePorts: readAllocateNodePorts(spec, type),
    trafficDistribution: spec.filledText('trafficDistribution'),
  };
}

/** `clusterIPs`, else `[clusterIP]`; `None` in either makes the service headless. */
function readClusterIPs(spec: ObjectReader): { readonly headless: boolean; readonly clusterIPs: readonly Ip[] } {
  const listed = spec.texts('clusterIPs').filter((text) => text !== '');
  const headless = spec.raw('clusterIP') === 'None' || listed[0] === 'None';
  if (headless) return { headless, clusterIPs: [] };
  if (listed.length > 0) return { headless, clusterIPs: spec.ips('clusterIPs') };
  const single = spec.ip('clusterIP');
  return { headless, clusterIPs: single ? spec.default('clusterIPs', [single]) : [] };
}

function readSelector(spec: ObjectReader): Service['selector'] {
  const labels = spec.labels('selector');
  return Object.keys(labels).length > 0 ? labels : undefined;
}

function readPort(reader: ObjectReader): readonly ServicePort[] {
  reader.expectOnly(PORT_FIELDS);
  if (!reader.has('port')) reader.error('missing-field', 'port', 'a service port needs a number');
  const port = reader.integer('port', 1, 65535);
  const protocol = readProtocol(reader);
  if (port === undefined || protocol === undefined) return [];
  const targetPort = readTargetPort(reader, port);
  if (targetPort === undefined) return [];
  const nodePort = reader.integer('nodePort', 0, 65535) || undefined;
  return [{ name: reader.text('name') ?? '', port, protocol, targetPort, nodePort, appProtocol: reader.filledText('appProtocol') }];
}

/** A missing target port, 0 and the empty text mean the service's own port. */
function readTargetPort(reader: ObjectReader, port: number): number | string | undefined {
  const value = reader.raw('targetPort');
  if (value === undefined || value === 0 || value === '') return reader.default('targetPort', port);
  return typeof value === 'string' ? value : reader.integer('targetPort', 1, 65535);
}

function readExternalName(spec: ObjectReader): string | undefined {
  const name = spec.filledText('externalName');
  if (name === undefined) spec.error('missing-field', 'externalName', 'a Service of type `ExternalName` needs a name to point to');
  return name;
}

function readFamilies(spec: ObjectReader): Pick<Service, 'ipFamilies' | 'ipFamilyPolicy'> {
  const names = spec.texts('ipFamilies');
  const families = names.flatMap((name, index) => {
    const family = Object.hasOwn(FAMILIES, name) ? FAMILIES[name] : undefined;
    if (family === undefined)
      spec.findings.report('error', 'invalid-value', `${spec.at('ipFamilies')}/${index}`, `\`${name}\` is neither IPv4 nor IPv6`);
    return family === undefined ? [] : [family];
  });
  const ipFamilyPolicy = spec.oneOf('ipFamilyPolicy', ['SingleStack', 'PreferDualStack', 'RequireDualStack'] as const);
  return { ipFamilies: families.length > 0 ? families : undefined, ipFamilyPolicy };
}

function readTrafficPolicies(
  spec: ObjectReader,
  type: ServiceType,
  hasExternalIPs: boolean,
): Pick<Service, 'externalTrafficPolicy' | 'internalTrafficPolicy'> {
  const external = spec.oneOf('externalTrafficPolicy', POLICIES);
  const internal = spec.oneOf('internalTrafficPolicy', POLICIES);
  const reachableFromOutside = type === 'NodePort' || type === 'LoadBalancer' || hasExternalIPs;
  return {
    externalTrafficPolicy: external ?? (reachableFromOutside ? spec.default('externalTrafficPolicy', 'Cluster') : undefined),
    internalTrafficPolicy: internal ?? (type === 'ExternalName' ? undefined : spec.default('internalTrafficPolicy', 'Cluster')),
  };
}

function readAffinity(spec: ObjectReader): Pick<Service, 'sessionAffinity' | 'sessionAffinityTimeoutSeconds'> {
  const sessionAffinity = spec.oneOf('sessionAffinity', ['None', 'ClientIP'] as const) ?? spec.default('sessionAffinity', 'None');
  if (sessionAffinity === 'None') return { sessionAffinity, sessionAffinityTimeoutSeconds: undefined };
  const clientIP = spec.object('sessionAffinityConfig')?.object('clientIP');
  const timeout = clientIP?.integer('timeoutSeconds', 1, ONE_DAY);
  return { sessionAffinity, sessionAffinityTimeoutSeconds: timeout ?? spec.default('sessionAffinityConfig', THREE_HOURS) };
}

function readAllocateNodePorts(spec: ObjectReader, type: ServiceType): boolean {
  const given = spec.boolean('allocateLoadBalancerNodePorts');
  return given ?? (type === 'LoadBalancer' ? spec.default('allocateLoadBalancerNodePorts', true) : true);
}

function readIngress(status: ObjectReader | undefined): readonly LoadBalancerIngress[] {
  const entries = status?.object('loadBalancer')?.objects('ingress') ?? [];
  return entries.map((entry) => ({
    ip: entry.ip('ip'),
    hostname: entry.filledText('hostname'),
    ipMode: entry.oneOf('ipMode', ['VIP', 'Proxy'] as const) ?? 'VIP',
  }));
}
