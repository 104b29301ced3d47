import type { ObjectRef } from '../kernel/object-ref.js';
import { checkNginxFields, type NginxFields } from './internal/nginx-fields.js';
import { count, labelFault, nameFault, text, timeFault } from './nginx-texts.js';
import { checkStreamUpstream } from './internal/nginx-upstream-fields.js';
import type { ObjectReader } from './internal/object-reader.js';
import { readNginxHost } from './internal/read-nginx-host.js';
import { readResource } from './internal/read-resource.js';
import {
  type GlobalConfiguration,
  type NginxListener,
  PASSTHROUGH,
  type TransportServer,
  type TransportUpstream,
} from './transport-server.js';

/** `forbiddenListenerPorts` (`cmd/nginx-ingress/main.go`); those of its metrics, status and TLS passthrough depend on its flags. */
const OWN_PORTS = [80, 443];

const PROTOCOLS = ['TCP', 'UDP', 'HTTP', 'PROXY'] as const;

/** Reads a GlobalConfiguration: each listener that is wrong, or that meets one before it, is left out, and the others stay (nginx/kubernetes-ingress `validation/globalconfiguration.go`, `getValidListeners`). */
export function normaliseGlobalConfiguration(root: ObjectReader, ref: ObjectRef): GlobalConfiguration {
  const [names, taken] = [new Set<string>(), new Set<string>()];
  const listeners = (root.object('spec')?.objects('listeners') ?? []).flatMap((reader): readonly NginxListener[] => {
    const before = root.findings.errors;
    const listener = readListener(reader);
    if (root.findings.errors > before) return [];
    if (names.has(listener.name)) reader.error('duplicate', 'name', `listener \`${listener.name}\` is there twice`);
    else {
      names.add(listener.name);
      const transport = listener.protocol === 'UDP' ? 'UDP' : 'TCP';
      const places = (['ipv4', 'ipv6'] as const).map((field) => `${field} ${reader.filledText(field) ?? ''} ${listener.port} ${transport}`);
      if (places.some((place) => taken.has(place))) reader.error('duplicate', 'port', `port ${listener.port} is another listener's`);
      else for (const place of places) taken.add(place);
    }
    return root.findings.errors > before ? [] : [listener];
  });
  return { ...readResource(root, ref), kind: 'GlobalConfiguration', namespace: ref.namespace ?? 'default', listeners };
}

function readListener(reader: ObjectReader): NginxListener {
  const name = reader.filledText('name');
  if (name === undefined) reader.error('missing-field', 'name', 'a listener needs a name');
  else checkNginxFields(reader, { name: text(labelFault) });
  if (name === PASSTHROUGH.name) reader.error('invalid-value', 'name', `\`${name}\` is the controller's own`);
  const port = reader.integer('port', 1, 65535);
  if (!reader.has('port')) reader.error('missing-field', 'port', 'a listener needs a port');
  if (port !== undefined && OWN_PORTS.includes(port)) reader.error('invalid-value', 'port', `port ${port} is the controller's own`);
  const protocol = reader.oneOf('protocol', PROTOCOLS);
  if (!reader.has('protocol')) reader.error('missing-field', 'protocol', 'a listener needs a protocol');
  for (const field of ['ipv4', 'ipv6']) reader.ip(field);
  return { pointer: reader.pointer, name: name ?? '', port: port ?? 0, protocol: protocol ?? 'TCP', ssl: reader.boolean('ssl') ?? false };
}

/** `validateTransportServerUpstreamParameters`, `validateSessionParameters`. */
const FIELDS: NginxFields = {
  tls: { is: 'object', fields: { secret: text(nameFault) } },
  upstreamParameters: {
    is: 'object',
    fields: {
      udpRequests: count(0),
      udpResponses: count(0),
      connectTimeout: text(timeFault),
      nextUpstreamTimeout: text(timeFault),
      nextUpstreamTries: count(0),
    },
  },
  sessionParameters: { is: 'object', fields: { timeout: text(timeFault) } },
};

/** Reads a TransportServer (`validation/transportserver.go`, `validateTransportServerSpec`). */
export function normaliseTransportServer(root: ObjectReader, ref: ObjectRef): TransportServer {
  const spec = root.object('spec') ?? root.empty('spec');
  const before = root.findings.errors;
  const listener = readTarget(spec.object('listener') ?? spec.empty('listener'));
  const passes = listener.name === PASSTHROUGH.name;
  const host = readNginxHost(spec);
  const tlsSecret = spec.object('tls')?.filledText('secret');
  checkNginxFields(spec, FIELDS);
  for (const field of listener.protocol === 'UDP' ? [] : ['udpRequests', 'udpResponses'])
    if (spec.object('upstreamParameters')?.has(field) === true)
      spec.object('upstreamParameters')?.error('invalid-value', field, 'it is for packets alone');
  if (listener.protocol === 'UDP' && host !== undefined) spec.error('invalid-value', 'host', 'packets have no name: it cannot have a host');
  else if (passes && host === undefined) spec.error('missing-field', 'host', 'TLS that is passed through is told by its host');
  else if (passes && spec.has('tls')) spec.error('invalid-value', 'tls', 'TLS that is passed through is not ended');
  else if (!passes && host !== undefined && tlsSecret === undefined)
    spec.error('missing-field', 'tls', 'a host is told by TLS, which needs a `secret`');
  const read = {
    ...readResource(root, ref),
    kind: 'TransportServer' as const,
    namespace: ref.namespace ?? 'default',
    uid: root.object('metadata')?.filledText('uid'),
    className: spec.filledText('ingressClassName'),
    listener,
    host,
    tlsSecret,
    upstream: readPassed(spec),
    hasSnippets: spec.filledText('serverSnippets') !== undefined || spec.filledText('streamSnippets') !== undefined,
  };
  return { ...read, fault: root.findings.errorAfter(before) };
}

function readTarget(reader: ObjectReader): TransportServer['listener'] {
  const [name = '', protocol = ''] = [reader.filledText('name'), reader.filledText('protocol')];
  if (name === '') reader.error('missing-field', 'name', 'it needs the name of a listener');
  else checkNginxFields(reader, { name: text(labelFault) });
  if ((name === PASSTHROUGH.name) !== (protocol === PASSTHROUGH.protocol))
    reader.error('invalid-value', 'protocol', `listener \`${PASSTHROUGH.name}\` and protocol \`${PASSTHROUGH.protocol}\` belong together`);
  else if (name !== PASSTHROUGH.name) reader.oneOf('protocol', PROTOCOLS);
  return { name, protocol };
}

function readPassed(spec: ObjectReader): TransportUpstream | undefined {
  const names = new Set<string>();
  const upstreams = spec.objects('upstreams').map((reader): TransportUpstream => {
    checkStreamUpstream(reader);
    const [name = '', service = ''] = [reader.filledText('name'), reader.filledText('service')];
    if (names.has(name)) reader.error('duplicate', 'name', `upstream \`${name}\` is there twice`);
    names.add(name);
    const backup = reader.filledText('backup');
    return {
      pointer: reader.pointer,
      name,
      service,
      port: Number(reader.raw('port')) || 0,
      backup: backup === undefined ? undefined : { service: backup, port: Number(reader.raw('backupPort')) || 0 },
    };
  });
  const action = spec.object('action');
  const passed = action?.filledText('pass');
  const found = upstreams.find(({ name }) => name === passed);
  if (passed === undefined) spec.error('missing-field', 'action', 'it needs an action with the upstream that connections are passed to');
  else if (!found) action?.error('invalid-value', 'pass', `there is no upstream \`${passed}\``);
  return found;
}
