import type { MutantsOfFile } from '../mutant.js';

const I = 'src/core/ingress';
const N = `${I}/internal/nginx`;
const SPECS = [
  `${I}/route-ingress-nginx-client-certificates.spec.ts`,
  `${I}/route-ingress-nginx-access.spec.ts`,
  `${I}/route-ingress-nginx-errors.spec.ts`,
  `${I}/route-ingress-nginx-namespaces.spec.ts`,
];

/** ingress-nginx: certificates of clients (rule B21; ngx_http_ssl_module, ngx_http_request.c). */
export const INGRESS_NGINX_CLIENTS: readonly MutantsOfFile[] = [
  {
    file: `${N}/client-check.ts`,
    specs: SPECS,
    mutants: [
      { breaks: 'who verifies asks, unless it is off', from: "verifies && asked?.verify !== 'off'", to: 'verifies' },
      { breaks: 'only who verifies asks', from: "verifies && asked?.verify !== 'off'", to: "asked?.verify !== 'off'" },
      {
        breaks: 'nothing is shown without TLS',
        from: "if (request.scheme !== 'https') return",
        to: "if (request.scheme === 'ftp') return",
      },
      {
        breaks: 'a name that no server has is greeted by the catch-all',
        from: "greeted?.type === 'server' ? greeted.server : names.catchAll",
        to: "greeted?.type === 'server' ? greeted.server : undefined",
      },
      { breaks: 'the name of the hello decides who asks', from: 'asksFor(greeting);', to: 'asksFor(guard);' },
      { breaks: 'without a name the hello is for no other server', from: 'isMisdirected: isNamed && sni', to: 'isMisdirected: sni' },
      { breaks: 'the same name is not misdirected', from: 'sni?.name !== host.name && asksFor(guard)', to: 'asksFor(guard)' },
      {
        breaks: 'only a server that asks refuses other names',
        from: 'sni?.name !== host.name && asksFor(guard)',
        to: 'sni?.name !== host.name',
      },
      {
        breaks: 'a client of which nothing is told has a certificate where it must',
        from: "asked?.verify === 'on' ? 'assumed'",
        to: "asked?.verify === 'on' ? 'none'",
      },
      { breaks: 'and may have one where it may', from: "? 'assumed' : 'open'", to: "? 'assumed' : 'none'" },
      {
        breaks: 'a Secret shows its certificate',
        from: "secret !== undefined && certificate ? { type: 'shown'",
        to: "secret === undefined && certificate ? { type: 'shown'",
      },
      { breaks: '421 comes first', from: 'if (isMisdirected) {', to: "if (isMisdirected && shown.type !== 'shown') {" },
      { breaks: 'a broken Secret asks for nothing', from: 'guard.broken || !guard.verifies', to: '!guard.verifies' },
      {
        breaks: 'only `on` turns away those without',
        from: "guard.asked?.verify !== 'on' || shown.type",
        to: 'guard.asked === undefined || shown.type',
      },
      { breaks: 'those who show one are let in', from: " || shown.type !== 'none') return undefined;", to: ') return undefined;' },
      { breaks: 'the page goes before the status', from: "if (errorPage !== '') return { page: errorPage };", to: '' },
      {
        breaks: 'the status is 400',
        from: "refused(source, 400, 'CLIENT_CERTIFICATE_REFUSED'",
        to: "refused(source, 403, 'CLIENT_CERTIFICATE_REFUSED'",
      },
      { breaks: 'the page of a client stands in the place of others', from: "asked.errorPage !== ''", to: "asked.errorPage === ''" },
      {
        breaks: 'a name is not compared with one that is assumed',
        from: "shown.type !== 'assumed' && shown.type !== 'open') {",
        to: "shown.type !== 'open') {",
      },
      {
        breaks: 'no certificate has no subject',
        from: "distinguishedName(shown.certificate.subject) : ''",
        to: "distinguishedName(shown.certificate.subject) : 'CN=old'",
      },
      {
        breaks: 'names count with case',
        from: 'matchPattern(asked.subject, subject, false)',
        to: 'matchPattern(asked.subject, subject, true)',
      },
      {
        breaks: 'another name is 403',
        from: "refused(source, 403, 'CLIENT_NAME_MISSING'",
        to: "refused(source, 400, 'CLIENT_NAME_MISSING'",
      },
      {
        breaks: 'a broken Secret is 403',
        from: "refused(source, 403, 'ANNOTATION_INVALID'",
        to: "refused(source, 503, 'ANNOTATION_INVALID'",
      },
      {
        breaks: 'a certificate that must be there is told as taken',
        from: "shown.type === 'assumed' ? ['auth-tls-secret'] : []",
        to: '[]',
      },
      {
        breaks: 'any certificate is valid enough for optional_no_ca',
        from: "asked.verify === 'optional_no_ca') return [];",
        to: "asked.verify === 'on') return [];",
      },
      {
        breaks: 'backends learn nothing where nobody verifies',
        from: 'if (!guard.verifies || !asked) return [];',
        to: 'if (!asked) return [];',
      },
      {
        breaks: 'they learn the subject',
        from: "['ssl-client-subject-dn', told(({ subject })",
        to: "['ssl-client-subject-dn', told(({ issuer: subject })",
      },
      {
        breaks: 'they learn the issuer',
        from: "['ssl-client-issuer-dn', told(({ issuer })",
        to: "['ssl-client-issuer-dn', told(({ subject: issuer })",
      },
      { breaks: 'the certificate is passed where it is asked for', from: 'if (!asked.passes) return headers;', to: 'return headers;' },
      { breaks: 'and nowhere else', from: 'if (!asked.passes) return headers;', to: '' },
      { breaks: 'it is encoded', from: "encodeURIComponent(certificatePem(stored ?? '') ?? '')", to: "certificatePem(stored ?? '') ?? ''" },
      {
        breaks: 'without TLS there is no word of it',
        from: "if (type === 'plain') return '';",
        to: "if (type === 'plain') return 'NONE';",
      },
      { breaks: 'NONE is shown for none', from: "if (type === 'none') return 'NONE';", to: "if (type === 'none') return 'FAILED';" },
      { breaks: 'whether any is valid is not known', from: "type === 'open' || takesAny ?", to: "type === 'open' ?" },
    ],
  },
  {
    file: `${N}/client-certificates.ts`,
    specs: SPECS,
    mutants: [
      {
        breaks: 'the first Ingress with authorities decides',
        from: 'if (guard.verifies) guard = { ...guard, broken };',
        to: 'if (guard.asked) guard = { ...guard, broken };',
      },
      {
        breaks: 'a Secret without authorities asks nobody',
        from: "keys?.includes('ca.crt') === true, broken }",
        to: 'keys !== undefined, broken }',
      },
      { breaks: 'another namespace is refused', from: 'parts[0] !== namespace && !options.crossesNamespaces', to: 'false' },
      { breaks: 'unless it is allowed', from: 'parts[0] !== namespace && !options.crossesNamespaces', to: 'parts[0] !== namespace' },
      { breaks: 'a missing Secret is broken', from: 'if (!keys) return', to: 'if (!keys && options.crossesNamespaces) return' },
      { breaks: 'a pair of certificate and key is usable', from: "(keys.includes('tls.crt') && keys.includes('tls.key'))", to: 'false' },
    ],
  },
  {
    file: `${N}/authenticate.ts`,
    specs: [`${I}/route-ingress-nginx-errors.spec.ts`, `${I}/route-ingress-nginx-authentication.spec.ts`],
    mutants: [
      {
        breaks: 'pages take the place of what the service answers',
        from: 'const heard = asked.service ? answerHeard(context, visit, auth) : auth;',
        to: 'const heard = auth;',
      },
      { breaks: 'unless nothing is intercepted', from: 'return context.options.interceptsErrors', to: 'return context.options' },
      { breaks: 'only refusals with a page', from: '.includes(auth.status)) return auth;', to: '.includes(0)) return auth;' },
      { breaks: 'the controller itself answers 404', from: '{ status: 404, headers: [] }', to: '{ status: 401, headers: [] }' },
    ],
  },
  {
    file: `${N}/error-pages.ts`,
    specs: [`${I}/route-ingress-nginx-errors.spec.ts`],
    mutants: [{ breaks: 'a location with a page to sign in has no others', from: "return signIn !== '';", to: 'return false;' }],
  },
];
