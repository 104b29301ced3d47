import type { Labels } from '../resource.js';
import type { ConfigMapKey, ConfigMapVariables, ConfigMapMount, Container, ContainerPort, NetworkComponent } from '../pod.js';
import type { ObjectReader } from './object-reader.js';
import { readProtocol } from './read-protocol.js';

const NO_PORTS: readonly ContainerPort[] = [];
const NETWORK_IMAGES =
  /^(kube-apiserver|kube-controller-manager|kube-proxy|node|cilium|flannel|weave-kube|weave-npc|antrea-.*|kindnetd|amazon-k8s-cni|kube-ovn|ovn-kube.*|ovnkube.*|kube-router|ip-masq-agent.*|controller|nginx-ingress-controller.*|nginx-ingress|nginx-plus-ingress|traefik|hyperkube|k3s|(.*-)?coredns|k8s-dns-.*)$/;

/** Reads `containers` and the init containers that are sidecars (`restartPolicy: Always`). Other init containers never listen. */
export function readContainers(spec: ObjectReader, hostNetwork: boolean): readonly Container[] {
  const containers = spec.objects('containers').map((reader) => readContainer(reader, { spec, sidecar: false, hostNetwork }));
  if (!spec.has('initContainers')) return containers;
  const sidecars = spec
    .objects('initContainers')
    .flatMap((reader, position) =>
      reader.raw('restartPolicy') === 'Always' ? [{ ...readContainer(reader, { spec, sidecar: true, hostNetwork }), position }] : [],
    );
  return [...containers, ...sidecars];
}

/** The pod that a container stands in. */
interface Surroundings {
  readonly spec: ObjectReader;
  readonly sidecar: boolean;
  readonly hostNetwork: boolean;
}

function readContainer(reader: ObjectReader, { spec, sidecar, hostNetwork }: Surroundings): Container {
  const ports = reader.has('ports') ? reader.objects('ports').flatMap((port) => readPort(port, hostNetwork)) : NO_PORTS;
  const container = { name: reader.text('name') ?? '', ports, sidecar };
  const [image = '', tag] = imageName(reader.text('image') ?? '');
  return NETWORK_IMAGES.test(image) ? { ...container, component: readComponent(reader, spec, image, tag) } : container;
}

/** How Rancher names its copies of images: `rancher/mirrored-calico-node` is `calico/node` (rancher/image-mirror). */
const MIRRORED = /^mirrored-[a-z0-9]+-(?=.)/;

/** The last part of an image's path, and its tag. */
function imageName(image: string): readonly string[] {
  const path = image.split('@')[0] ?? '';
  return path
    .slice(path.lastIndexOf('/') + 1)
    .replace(MIRRORED, '')
    .split(':');
}

function readComponent(reader: ObjectReader, spec: ObjectReader, image: string, tag: string | undefined): NetworkComponent {
  const variables = reader.objects('env').map((variable) => [variable.text('name') ?? '', variable] as const);
  const environment: Labels = Object.fromEntries(
    variables.flatMap(([name, variable]) => {
      const value = variable.raw('value');
      return typeof value === 'string' ? [[name, value] as const] : [];
    }),
  );
  const configMapKeys = new Map(variables.flatMap(([name, variable]) => readKeyRef(name, variable)));
  const secrets = variables.flatMap(([name, variable]) => (isSecret(variable) ? name : []));
  const environmentFrom = reader.objects('envFrom').flatMap((from): readonly ConfigMapVariables[] => {
    const configMap = from.has('configMapRef') ? from.object('configMapRef')?.text('name') : undefined;
    return configMap === undefined ? [] : [{ configMap, prefix: from.text('prefix') ?? '' }];
  });
  const words = [...reader.texts('command'), ...reader.texts('args')];
  return { image, tag, arguments: words, environment, configMapKeys, environmentFrom, secrets, mounts: readMounts(reader, spec) };
}

function readKeyRef(name: string, variable: ObjectReader): readonly (readonly [name: string, ConfigMapKey])[] {
  const reference = variable.has('valueFrom') ? variable.object('valueFrom')?.object('configMapKeyRef') : undefined;
  const [configMap, key] = [reference?.text('name'), reference?.text('key')];
  return configMap === undefined || key === undefined ? [] : [[name, { configMap, key }]];
}

/** The container does not start without the Secret. */
function isSecret(variable: ObjectReader): boolean {
  const key = variable.has('valueFrom') ? variable.object('valueFrom')?.object('secretKeyRef') : undefined;
  return key !== undefined && key.boolean('optional') !== true;
}

/** The mounts of volumes that are ConfigMaps. */
function readMounts(reader: ObjectReader, spec: ObjectReader): readonly ConfigMapMount[] {
  const maps = new Map(spec.objects('volumes').map((volume) => [volume.text('name'), volume.object('configMap')]));
  return reader.objects('volumeMounts').flatMap((mount) => {
    const volume = maps.get(mount.text('name'));
    const configMap = volume?.text('name');
    const mountPath = mount.filledText('mountPath');
    if (!volume || configMap === undefined || mountPath === undefined) return [];
    const items = volume.has('items')
      ? volume.objects('items').map((item) => ({ key: item.text('key') ?? '', path: item.text('path') ?? '' }))
      : undefined;
    return [{ configMap, mountPath, subPath: mount.filledText('subPath'), items }];
  });
}

function readPort(reader: ObjectReader, hostNetwork: boolean): readonly ContainerPort[] {
  if (!reader.has('containerPort')) reader.error('missing-field', 'containerPort', 'a container port needs a number');
  const containerPort = reader.integer('containerPort', 1, 65535);
  const protocol = readProtocol(reader);
  if (containerPort === undefined || protocol === undefined) return [];
  const given = reader.integer('hostPort', 0, 65535) || undefined;
  const hostPort = given ?? (hostNetwork ? reader.default('hostPort', containerPort) : undefined);
  const hostIP = reader.has('hostIP') ? reader.ip('hostIP') : undefined;
  return [{ name: reader.filledText('name'), containerPort, protocol, hostPort, hostIP }];
}
