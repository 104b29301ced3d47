import { describe, expect, it } from 'vitest';
import { selectorText } from './internal/selector-text.js';
import { parseEndpointSelector } from './parse-endpoint-selector.js';

const canonical = (text: string) => {
  const parsed = parseEndpointSelector(text);
  return parsed.ok ? selectorText(parsed.value) : parsed.error;
};

/** The grammar of product.md, "One selector grammar", and kubectl's names of the kinds (`kubectl api-resources`). */
const ROWS: readonly [written: string, canonical: string][] = [
  ['pod/shop/web-0', 'pod/shop/web-0'],
  ['po/shop/web-0', 'pod/shop/web-0'],
  ['deploy/shop/web', 'deploy/shop/web'],
  ['deployment/shop/web', 'deploy/shop/web'],
  ['Deployment/shop/web', 'deploy/shop/web'],
  ['statefulset/data/postgres', 'sts/data/postgres'],
  ['daemonset/kube-system/calico-node', 'ds/kube-system/calico-node'],
  ['replicaset/shop/web-5d8c', 'rs/shop/web-5d8c'],
  ['rc/shop/web', 'rc/shop/web'],
  ['job/shop/migrate', 'job/shop/migrate'],
  ['cj/shop/report', 'cronjob/shop/report'],
  ['svc/shop/web', 'svc/shop/web'],
  ['service/shop/web:80', 'svc/shop/web:80'],
  ['svc/shop/web:http', 'svc/shop/web:http'],
  ['node/harbor-1.example', 'node/harbor-1.example'],
  ['namespace/shop', 'ns/shop'],
  ['ip/10.0.0.1', 'ip/10.0.0.1'],
  ['ip/2001:DB8:0::1', 'ip/2001:db8::1'],
  ['ip/::ffff:10.0.0.1', 'ip/10.0.0.1'],
  ['cidr/10.1.2.3/8', 'cidr/10.0.0.0/8'],
  ['cidr/fd00::/64', 'cidr/fd00::/64'],
  ['dns/Web.shop.svc.cluster.local.', 'dns/web.shop.svc.cluster.local'],
  ['url/https://shop.example/a/b?c=d', 'url/https://shop.example/a/b?c=d'],
  ['label:app=web@shop', 'label:app=web@shop'],
  ['label:tier in (b, a),app==web@*', 'label:app=web,tier in (a,b)@*'],
  ['label:app!=web,ready,!canary@shop', 'label:app notin (web),!canary,ready@shop'],
  ['label:app.kubernetes.io/name=web@shop', 'label:app.kubernetes.io/name=web@shop'],
  ['label:app=@shop', 'label:app=@shop'],
  [' internet ', 'internet'],
  ['any', 'any'],
];

describe('a selector', () => {
  it.each(ROWS)('%s', (written, expected) => {
    expect(canonical(written)).toBe(expected);
    expect(canonical(expected)).toBe(expected);
  });
});

/** What is not in the grammar, and the hint that leads back to it. */
const REFUSED: readonly [written: string, hint: string][] = [
  ['deplyo/shop/web', 'did you mean `deploy/shop/web`?'],
  ['pods.v1/shop/web', 'did you mean `pod/shop/web`?'],
  ['nod/harbor-1', 'did you mean `node/harbor-1`?'],
  ['shop/web', 'name the kind: `deploy/shop/web`, `svc/shop/web` or `pod/shop/web`'],
  ['pod/web-0', 'name its namespace: `pod/<namespace>/web-0`'],
  ['10.0.0.1', 'did you mean `ip/10.0.0.1`?'],
  ['fd00::1', 'did you mean `ip/fd00::1`?'],
  ['10.0.0.0/8', 'did you mean `cidr/10.0.0.0/8`?'],
  ['ip/10.0.0.0/8', 'a prefix is written `cidr/10.0.0.0/8`'],
  ['cidr/10.0.0.1', 'a single address is written `ip/10.0.0.1`'],
  ['ip/web.shop', 'a name is written `dns/web.shop`'],
  ['https://shop.example/', 'did you mean `url/https://shop.example/`?'],
  ['dns/https://shop.example', 'a URL is written `url/https://shop.example`'],
  ['url/shop.example', 'write `url/https://<host>/<path>`'],
  ['internt', 'did you mean `internet`?'],
  ['label:app=web', 'say where: `label:app=web@<namespace>` or `label:app=web@*`'],
  ['label:@shop', 'write `ns/shop`'],
  ['label:app=we b@shop', 'labels are written as for kubectl: `app=web,tier in (a,b),!canary`'],
  ['label:=web@shop', 'labels are written as for kubectl: `app=web,tier in (a,b),!canary`'],
  ['label:app=web,@shop', 'labels are written as for kubectl: `app=web,tier in (a,b),!canary`'],
];

describe('what is no selector', () => {
  it.each(REFUSED)('%s', (written, hint) => expect(canonical(written)).toMatchObject({ kind: 'invalid-selector', hint }));

  it.each([
    '',
    'pod/',
    'pod/shop/',
    'pod/a/b/c',
    'svc/shop/web:',
    'svc/shop/web:0',
    'svc/shop/web:65536',
    'svc/shop/web:-x',
    'node/a/b',
    'x',
    'dns/a..b',
  ])('`%s` is told the grammar', (written) => {
    expect(canonical(written)).toMatchObject({ kind: 'invalid-selector', hint: expect.stringContaining('svc/<ns>/<name>[:port]') });
  });

  it.each(['node/harbor-1:30080', 'pod/shop/web-0:http', 'ip/10.96.0.1:443'])('`%s` is told to name its port apart', (written) => {
    const [selector, port] = written.split(':');
    expect(canonical(written)).toMatchObject({
      kind: 'invalid-selector',
      hint: `a port stands apart from it: \`${selector}\`, and \`port=${port}\``,
    });
  });

  it('says what it was given, and what was expected', () => {
    expect(canonical('svc/shop/web:no_port')).toMatchObject({
      message: '`svc/shop/web:no_port` is no endpoint selector: `no_port` is no port: expected a number 1…65535 or the name of a port',
    });
  });
});
