import type { NginxNeed } from '../nginx-policy.js';
import { isBrokenInEveryEngine } from '../../regex/parse-regex.js';
import { isDnsSubdomain } from '../dns-label.js';
import { checkNginxFields, isUsed, type NginxFields } from './nginx-fields.js';
import type { ObjectReader } from './object-reader.js';
import {
  balancingFault,
  cookieFault,
  count,
  escapedFault,
  flag,
  httpHeaderFault,
  isBalancingOfPlus,
  labelFault,
  needed,
  nextUpstreamFault,
  offsetFault,
  oneOf,
  pathFault,
  placedServiceFault,
  plainTextFault,
  sizeFault,
  statusMatchFault,
  streamBalancingFault,
  text,
  timeFault,
} from '../nginx-texts.js';

/** `validateHexString`: behind `\x` stand two digits. */
const literalFault = (value: string) =>
  escapedFault(value) ?? (/\\x(?![0-9A-Fa-f]{2})/.test(value) ? 'has `\\x` without two hexadecimal digits behind it' : undefined);

/** `validateMatchExpect`: a text, or behind `~` and `~*` an expression. */
function expectFault(value: string): string | undefined {
  const [, expression] = /^~\*?([^]*)$/.exec(value) ?? [];
  if (expression === undefined) return literalFault(value);
  return escapedFault(value) ?? (isBrokenInEveryEngine(expression) ? 'is no regular expression' : undefined);
}

const PORT = count(1, 65535);

const HEALTH_CHECK: NginxFields = {
  path: text(pathFault),
  interval: text(timeFault),
  jitter: text(timeFault),
  fails: count(0),
  passes: count(0),
  port: count(0, 65535),
  'connect-timeout': text(timeFault),
  'read-timeout': text(timeFault),
  'send-timeout': text(timeFault),
  statusMatch: text(statusMatchFault),
  grpcStatus: count(0, 16),
  grpcService: text((service) => (/[\s{};]/.test(service) ? 'has blanks, braces or `;`' : undefined)),
  'keepalive-time': text(timeFault),
  headers: { is: 'objects', fields: { name: needed(httpHeaderFault), value: text(plainTextFault) } },
};

const SESSION_COOKIE: NginxFields = {
  name: needed(cookieFault),
  path: text(pathFault),
  expires: text((time) => (time === 'max' ? undefined : timeFault(time))),
  domain: text((domain) => (isDnsSubdomain(domain.replace(/^\./, '')) ? undefined : 'is no domain')),
  samesite: text((value) => oneOf('strict', 'lax', 'none')(value.toLowerCase())),
};

/** What an upstream of a VirtualServer or VirtualServerRoute is asked for (nginx/kubernetes-ingress `validation/virtualserver.go`, `validateUpstreams`). */
const OF_VIRTUAL: NginxFields = {
  name: needed(labelFault),
  service: needed(placedServiceFault),
  port: { ...PORT, needed: true },
  'connect-timeout': text(timeFault),
  'read-timeout': text(timeFault),
  'send-timeout': text(timeFault),
  'next-upstream': text(nextUpstreamFault),
  'next-upstream-timeout': text(timeFault),
  'next-upstream-tries': count(0),
  'lb-method': text(balancingFault),
  'fail-timeout': text(timeFault),
  'max-fails': count(0),
  keepalive: count(0),
  'max-conns': count(0),
  'client-max-body-size': text(offsetFault),
  healthCheck: { is: 'object', fields: HEALTH_CHECK },
  'slow-start': text(timeFault),
  buffers: { is: 'object', fields: { number: { ...count(1), needed: true }, size: needed(sizeFault) } },
  'buffer-size': text(sizeFault),
  'busy-buffers-size': text(sizeFault),
  queue: { is: 'object', fields: { size: { ...count(1), needed: true }, timeout: text(timeFault) } },
  sessionCookie: { is: 'object', fields: SESSION_COOKIE },
  type: text(oneOf('http', 'grpc')),
  backup: text(labelFault),
  backupPort: PORT,
  ntlm: flag,
  'use-cluster-ip': flag,
};

/** The same of a TransportServer (`validation/transportserver.go`, `validateTransportServerUpstreams`). */
const OF_STREAM: NginxFields = {
  name: needed(labelFault),
  service: needed(labelFault),
  port: { ...PORT, needed: true },
  maxFails: count(0),
  maxConns: count(0),
  failTimeout: text(timeFault),
  healthCheck: {
    is: 'object',
    fields: {
      timeout: text(timeFault),
      interval: text(timeFault),
      jitter: text(timeFault),
      fails: count(0),
      passes: count(0),
      port: count(0, 65535),
      match: { is: 'object', fields: { send: text(literalFault), expect: text(expectFault) } },
    },
  },
  loadBalancingMethod: text(streamBalancingFault),
  backup: text(labelFault),
  backupPort: PORT,
};

/** Checks an upstream of a VirtualServer or VirtualServerRoute. */
export function checkVirtualUpstream(reader: ObjectReader): void {
  checkNginxFields(reader, OF_VIRTUAL);
  checkHealthCheck(reader);
  checkBackup(reader, 'lb-method');
  if (reader.boolean('use-cluster-ip') === true && reader.has('subselector'))
    reader.error('invalid-value', 'subselector', 'it cannot be used together with `use-cluster-ip`');
}

/** Checks an upstream of a TransportServer. */
export function checkStreamUpstream(reader: ObjectReader): void {
  checkNginxFields(reader, OF_STREAM);
  checkBackup(reader, 'loadBalancingMethod');
}

/** `validateGrpcHealthCheck`, and what `persistent` needs. */
function checkHealthCheck(upstream: ObjectReader): void {
  const own = upstream.object('healthCheck');
  if (!own) return;
  const isGrpc = upstream.filledText('type') === 'grpc';
  for (const field of isGrpc ? ['path', 'statusMatch'] : ['grpcStatus', 'grpcService'])
    if (own.has(field) && own.raw(field) !== '')
      own.error('invalid-value', field, `it is not for upstreams of type \`${isGrpc ? 'grpc' : 'http'}\``);
  if (own.boolean('persistent') === true && own.boolean('mandatory') !== true)
    own.error('invalid-value', 'persistent', 'it needs `mandatory`');
}

/** `validateBackup`. */
function checkBackup(reader: ObjectReader, method: string): void {
  const [name, hasPort] = [reader.filledText('backup'), reader.has('backupPort')];
  if (name === undefined && !hasPort) return;
  if (name === undefined) reader.error('missing-field', 'backup', 'it stands beside `backupPort`');
  if (!hasPort) reader.error('missing-field', 'backupPort', 'it stands beside `backup`');
  if (/hash|random/.test(reader.filledText(method) ?? ''))
    reader.error('invalid-value', 'backup', `it cannot be used together with \`${method}\` by hash or at random`);
}

/** Parts that NGINX Plus alone has (`rejectPlusResourcesInOSS`, `ParseLBMethod`). */
export function upstreamNeeds(reader: ObjectReader): readonly NginxNeed[] {
  const parts = ['healthCheck', 'slow-start', 'queue', 'ntlm'].filter((field) => isUsed(reader, field));
  const methods = isBalancingOfPlus(reader.filledText('lb-method') ?? '') ? ['lb-method'] : [];
  return [...parts, ...methods].map((field) => ({ flag: 'nginx-plus', field }));
}
