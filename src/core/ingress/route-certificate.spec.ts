import { describe, expect, it } from 'vitest';
import { askRoute, type AskedRoute } from '../../../test/support/ask-route.js';
import { CERTIFICATES } from '../../../test/support/certificates.js';
import { ingressCluster } from '../../../test/support/ingress-cluster.js';
import { modelOf } from '../../../test/support/model.js';

function secret(name: string, pem: string | undefined) {
  const data = pem === undefined ? { other: 'eA==' } : { 'tls.crt': Buffer.from(pem).toString('base64'), 'tls.key': '' };
  return { apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls', metadata: { name, namespace: 't' }, data };
}

const SECRETS = [
  secret('shop', CERTIFICATES.alternativeNames), // shop.example.com, *.foo.com
  secret('old', CERTIFICATES.commonName), // old.example.com
  secret('unreadable', ''),
  secret('without', undefined),
];

/** Asks `url` where every host is served; what the tests look at is the handshake. */
function ask(tls: string, url: string, asked: AskedRoute = {}) {
  const rules = ['r : any Prefix / -> s', ...tls.split(' ; ')].join('\n');
  return askRoute(modelOf([...ingressCluster(rules), ...SECRETS]), url, asked);
}

/** `networking/v1/types.go`, `IngressTLS`: chosen by SNI; where the SNI conflicts with the Host header, the SNI decides the termination. */
describe('the certificate', () => {
  it.each<[name: string, tls: string, url: string, secret: string | null, open: string, asked?: AskedRoute]>([
    ['named for the host', 'a : tls shop.example.com -> shop', 'https://shop.example.com/', 'shop', ''],
    ['named by a wildcard', 'a : tls *.foo.com -> shop', 'https://a.foo.com/', 'shop', ''],
    ['a wildcard is one label', 'a : tls *.foo.com -> shop', 'https://a.b.foo.com/', null, ''],
    ['precise before wildcard', 'a : tls *.example.com -> shop ; b : tls old.example.com -> old', 'https://old.example.com/', 'old', ''],
    [
      'the SNI, not the Host header',
      'a : tls old.example.com -> old ; a : tls shop.example.com -> shop',
      'https://old.example.com/',
      'old',
      '',
      { host: 'shop.example.com' },
    ],
    [
      'the SNI, not the host of the URL',
      'a : tls old.example.com -> old ; a : tls shop.example.com -> shop',
      'https://shop.example.com/',
      'old',
      '',
      { sni: 'OLD.example.com' },
    ],
    ['only common name', 'a : tls old.example.com -> old', 'https://old.example.com/', 'old', ''],
    [
      'one Secret named twice',
      'a : tls shop.example.com -> shop ; b : tls shop.example.com -> shop',
      'https://shop.example.com/',
      'shop',
      '',
    ],
    [
      'two Secrets',
      'a : tls shop.example.com -> shop ; b : tls shop.example.com -> old',
      'https://shop.example.com/',
      null,
      'CERTIFICATE_CONFLICT',
    ],
    ['made out to another name', 'a : tls shop.example.com -> old', 'https://shop.example.com/', 'old', 'CERTIFICATE_MISMATCH'],
    ['cannot be read', 'a : tls shop.example.com -> unreadable', 'https://shop.example.com/', 'unreadable', ''],
    ['Secret without certificate', 'a : tls shop.example.com -> without', 'https://shop.example.com/', null, 'SECRET_WITHOUT_CERTIFICATE'],
    ['Secret that does not exist', 'a : tls shop.example.com -> nowhere', 'https://shop.example.com/', null, 'SECRET_MISSING'],
    ['no Secret named', 'a : tls shop.example.com', 'https://shop.example.com/', null, 'SECRET_NOT_NAMED'],
    ['no entry', 'a : tls shop.example.com -> shop', 'https://other.example.com/', null, ''],
    ['of another class', 'a#d : tls shop.example.com -> shop', 'https://shop.example.com/', null, '', { class: 'c' }],
    ['plain http', 'a : tls shop.example.com -> shop', 'http://shop.example.com/', null, ''],
  ])('%s: %s | %s', (_, tls, url, name, open, asked = {}) => {
    const { verdict, result } = ask(tls, url, asked);
    expect([verdict, result.certificate?.secret ?? null, result.unspecified.map((note) => note.code).join()]).toEqual([
      'ROUTED',
      name,
      open,
    ]);
  });

  it('tells the names and whether they cover the SNI', () => {
    expect(ask('a : tls a.foo.com -> shop', 'https://a.foo.com/').result.certificate).toEqual({
      sni: 'a.foo.com',
      namespace: 't',
      secret: 'shop',
      object: 'Ingress t/a',
      pointer: '/spec/tls/0',
      host: 'a.foo.com',
      names: ['shop.example.com', '*.foo.com'],
      covers: true,
    });
  });

  it.each([
    ['no entry covers the SNI', 'a : tls shop.example.com -> shop', 'https://other.example.com/', 'CERTIFICATE_OF_CONTROLLER'],
    ['the text cannot be read', 'a : tls shop.example.com -> unreadable', 'https://shop.example.com/', 'CERTIFICATE_UNREADABLE'],
  ])('%s: the answer rests on an assumption', (_, tls, url, code) => {
    expect(ask(tls, url)).toMatchObject({ confidence: 'ASSUMED', assumptions: [{ code }] });
  });
});
