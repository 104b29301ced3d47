import { describe, expect, it } from 'vitest';
import { AUTHORITIES } from '../../../test/support/certificates.js';
import {
  authorityMap as authority,
  backend,
  gateway,
  gatewayObject,
  httpRoute,
  listener,
  rule,
  tlsSecret as secret,
} from '../../../test/support/gateway-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import { lintRoutes, ruleLine } from '../../../test/support/route-lint.js';
import { witnessFaults } from '../../../test/support/witnesses.js';
import type { JsonObject } from '../kernel/json.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';

const WEB = [...backend('web'), httpRoute('r', [rule({ path: { value: '/x' } }, 'web')])];
const https = (more: JsonObject = {}) =>
  listener('https', { port: 443, protocol: 'HTTPS', tls: { certificateRefs: [{ name: 'server' }] }, ...more });

/** The lines of the rules, after it was seen that each witness, sent as a user sends it, reaches its rule. */
function linesOf(objects: readonly KubernetesObject[]): readonly string[] {
  const model = modelOf(objects);
  expect(witnessFaults(model).faults).toEqual([]);
  return lintRoutes(model).rules.map(ruleLine);
}

/** RFC 9110 §4.2.1 and §4.2.2: a port that is not the scheme's own stands in the URL; gateway-api `Listener.Port`: the listener takes what is sent to it. */
describe('a witness is sent to the port of a listener', () => {
  it.each([
    [listener('http'), 'http://witness.example.invalid/x'],
    [listener('http', { port: 8080, hostname: 'a.com' }), 'http://a.com:8080/x'],
    [listener('http', { port: 443 }), 'http://witness.example.invalid:443/x'],
    [https(), 'https://witness.example.invalid/x'],
    [https({ port: 8443, hostname: '*.a.com' }), 'https://witness.a.com:8443/x'],
  ])('%j', (one, url) => {
    expect(linesOf([...gateway([one]), secret('server', AUTHORITIES.issuedByFirst), ...WEB])).toEqual([`r /x live GET ${url}`]);
  });
});

/** `apis/v1/gateway_types.go`, `GatewayClassName`: a Gateway is served by the controller of its class. */
describe('a Gateway without its class', () => {
  const objects = [...gateway([listener('http'), listener('tcp', { port: 9000, protocol: 'TCP' })]), ...WEB];
  const connections = gatewayObject('TCPRoute', 't', {
    parentRefs: [{ name: 'gw' }],
    rules: [{ backendRefs: [{ name: 'web', port: 80 }] }],
  });
  const without = [...objects, connections].map((object) =>
    object.kind === 'GatewayClass' ? { ...object, metadata: { ...object.metadata, name: 'webb' } } : object,
  );

  it('is served by nobody: no request or connection reaches its rules', () => {
    expect(linesOf(without)).toEqual(['r /x unreachable', 't  unreachable']);
    expect(lintRoutes(modelOf(without)).rules.map(({ why }) => why)).toEqual([
      'no GatewayClass `web` exists: nobody serves Gateway shop/gw',
      'no GatewayClass `web` exists: nobody serves Gateway shop/gw',
    ]);
  });

  it('is found once, with the class that was probably meant', () => {
    const { findings } = lintRoutes(modelOf(without));
    expect(findings).toMatchObject([
      {
        code: 'ING-CLASS-NOT-HANDLED',
        object: { kind: 'Gateway', name: 'gw' },
        pointer: '/spec/gatewayClassName',
        message: expect.stringContaining('`webb`'),
      },
    ]);
    expect(lintRoutes(modelOf([...objects, connections])).findings).toEqual([]);
  });
});

/** `apis/v1/gateway_types.go`, `FrontendValidationModeType`: by AllowValidOnly a connection without a certificate of the authorities is not opened. */
describe('a listener that asks for certificates of clients', () => {
  const asking = (name: string, mode = 'AllowValidOnly') =>
    gateway([https()], {
      tls: { frontend: { default: { validation: { caCertificateRefs: [{ group: '', kind: 'ConfigMap', name }], mode } } } },
    });
  const objects = [
    secret('server', AUTHORITIES.issuedByFirst),
    authority('first', AUTHORITIES.first),
    authority('other', AUTHORITIES.other),
    ...WEB,
  ];
  const ruleOf = (own: readonly KubernetesObject[]) => {
    const model = modelOf([...own, ...objects]);
    expect(witnessFaults(model).faults).toEqual([]);
    return lintRoutes(model).rules[0];
  };

  it('has a witness that shows one, where a Secret holds one that it takes', () => {
    expect(ruleOf(asking('first'))).toMatchObject({ state: 'live', witness: { clientCertificate: 'shop/server' } });
  });

  it('has none to show where no Secret holds one', () => {
    expect(ruleOf(asking('other'))).toMatchObject({ state: 'undecided', witness: null, why: expect.stringContaining('listener `https`') });
  });

  it('lets everybody in with AllowInsecureFallback', () => {
    expect(ruleOf(asking('other', 'AllowInsecureFallback'))).toMatchObject({ state: 'live', witness: { clientCertificate: null } });
  });
});
