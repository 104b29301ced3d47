import type { MutantsOfFile } from '../mutant.js';

const I = 'src/core/ingress';
const SPECS = [`${I}/route.spec.ts`, `${I}/route-conformance.spec.ts`, 'test/properties/ingress-route.property.spec.ts'];

/** Ingress as the specification has it, and whose an Ingress is (rules A1 to A14; reference section 2). */
export const INGRESS_V1: readonly MutantsOfFile[] = [
  {
    file: `${I}/internal/path-index.ts`,
    specs: SPECS,
    mutants: [
      { breaks: 'A7: element by element', from: 'path.charCodeAt(at) === SLASH) return at;', to: 'at > 0) return at;' },
      { breaks: 'A8: an exact path goes first', from: 'if (exact) return exact;', to: 'if (exact && path.length < 0) return exact;' },
      { breaks: 'A8: the longest prefix', from: 'if (rules) return rules;', to: 'if (rules && end <= 1) return rules;' },
      {
        breaks: 'A6: Exact is the whole path',
        from: "return pathType === 'Prefix' ? prefixPath(path).slice(1) : path;",
        to: 'return path.length > 1 ? prefixPath(path).slice(1) : path;',
      },
      { breaks: 'A7: a final slash of the rule is ignored', from: 'prefixPath(path).slice(1) : path', to: 'path.slice(1) : path' },
      { breaks: 'A7: `/` matches everything', from: 'if (end <= 1) return -1;', to: 'if (end <= 2) return -1;' },
    ],
  },
  {
    file: `${I}/internal/rank.ts`,
    specs: [`${I}/route.spec.ts`, `${I}/ingress-vectors.spec.ts`],
    mutants: [
      { breaks: 'A5: precise before wildcard', from: "host.startsWith('*.') ? 1 : 2", to: '1' },
      { breaks: 'A5: wildcard before no host', from: 'if (host === undefined) return 0;', to: 'if (host === undefined) return 1;' },
      {
        breaks: 'A8: the longer path',
        from: "key: 'path-length',\n    code: 'PATH_SHORTER',\n    value: rankedLength,",
        to: "key: 'path-length',\n    code: 'PATH_SHORTER',\n    value: () => 0,",
      },
      { breaks: 'A8: Exact before Prefix', from: "rule.pathType === 'Exact' ? 1 : 0", to: '0' },
    ],
  },
  {
    file: `${I}/internal/path-rule.ts`,
    specs: [`${I}/route.spec.ts`, 'test/properties/ingress-route.property.spec.ts'],
    mutants: [
      { breaks: '`/` stays as it is', from: "path.length > 1 && path.endsWith('/')", to: "path.endsWith('/')" },
      { breaks: 'one slash is cut', from: 'path.slice(0, -1) : path;', to: 'path : path;' },
    ],
  },
  {
    file: `${I}/internal/host-table.ts`,
    specs: [`${I}/ingress-vectors.spec.ts`, ...SPECS],
    mutants: [
      {
        breaks: 'A5: precise, wildcard, none',
        from: 'this.preciseFor(host) ?? this.wildcardFor(host) ?? this.any',
        to: 'this.wildcardFor(host) ?? this.preciseFor(host) ?? this.any',
      },
      {
        breaks: 'A5: a wildcard before none',
        from: 'this.preciseFor(host) ?? this.wildcardFor(host) ?? this.any',
        to: 'this.preciseFor(host) ?? this.any ?? this.wildcardFor(host)',
      },
      {
        breaks: 'A4: no wildcard covers an address',
        from: 'const domain = isAddress || this.wildcard.size === 0',
        to: 'const domain = this.wildcard.size === 0',
      },
      { breaks: 'A11: a rule without http', from: 'if (rule.hasHttp) return;', to: 'if (rule.hasHttp || ingress) return;' },
      {
        breaks: 'a host that the API server refuses matches nothing',
        from: 'hostFault(rule.host) !== undefined) continue;',
        to: 'hostFault(rule.host) === null) continue;',
      },
    ],
  },
  {
    file: `${I}/internal/request-host.ts`,
    specs: [`${I}/ingress-vectors.spec.ts`, ...SPECS, `${I}/route-certificate.spec.ts`],
    mutants: [
      { breaks: 'A3: without case', from: 'header.trim().toLowerCase()', to: 'header.trim()' },
      { breaks: 'A3: without port', from: "lower.replace(/:\\d*$/, '')", to: 'lower' },
      { breaks: 'a final dot names the same host', from: 'hadFinalDot ? withoutPort.slice(0, -1) : withoutPort', to: 'withoutPort' },
      {
        breaks: 'A4: a wildcard covers one label',
        from: "name.indexOf('.');\n  return dot <= 0",
        to: "name.lastIndexOf('.');\n  return dot <= 0",
      },
      {
        breaks: 'A13: a certificate’s wildcard covers one label',
        from: 'lower.slice(2) === parentDomain(name)',
        to: 'name.endsWith(lower.slice(1))',
      },
    ],
  },
  {
    file: `${I}/internal/ingress-v1.ts`,
    specs: [`${I}/ingress-vectors.spec.ts`, ...SPECS],
    mutants: [
      { breaks: 'A14: the same path twice has no winner', from: "best.length > 1 ? 'PATH_CONFLICT' : null", to: 'null' },
      {
        breaks: 'A14: nor is one picked',
        from: 'return best.length === 1 ? best : undefined;',
        to: 'return best.length > 0 ? best.slice(0, 1) : undefined;',
      },
      {
        breaks: 'A9: the class decides',
        from: "group.open.filter((rule) => openMatch(rule, path) !== 'no')",
        to: 'group.open.slice(group.open.length)',
      },
      { breaks: 'A10: the default backend of the holders of the host', from: 'if (own.length > 0) return defaultsOf(own);', to: '' },
      {
        breaks: 'A10: several default backends are left to the controller',
        from: "ingresses.length > 1 ? 'DEFAULT_BACKEND_CONFLICT' : null",
        to: 'null',
      },
      { breaks: 'D15: whether a wider host serves is open', from: "because ?? 'HOST_FALLTHROUGH_UNSPECIFIED'", to: 'because' },
      { breaks: 'A11: a host without paths goes to its default backend', from: 'if (group.whole.length > 0) return own;', to: '' },
    ],
  },
  {
    file: `${I}/internal/class-claim.ts`,
    specs: [`${I}/class-of-ingress.spec.ts`, `${I}/route-class.spec.ts`],
    mutants: [
      {
        breaks: 'A1: the annotation goes before the field',
        from: "annotation !== undefined && annotation !== '')",
        to: "annotation !== undefined && annotation !== '' && ingress.className === undefined)",
      },
      {
        breaks: 'A2: never for what was in a cluster',
        from: 'created ? undefined : classSetAtCreation',
        to: '!ingress ? undefined : classSetAtCreation',
      },
      { breaks: 'A2: the newest default', from: 'left > right ? -1 : 1', to: 'left > right ? 1 : -1' },
      { breaks: 'A2: then by name', from: 'a.ref.name < b.ref.name ? -1 : 1', to: 'a.ref.name < b.ref.name ? 1 : -1' },
      {
        breaks: 'A2: an empty class is not defaulted',
        from: 'return ingress.className === undefined && !Object.hasOwn',
        to: "return (ingress.className ?? '') === '' && !Object.hasOwn",
      },
      { breaks: 'A2: only what is marked', from: '.filter((item) => item.isDefault)', to: '.filter((item) => item.isDefault || item)' },
    ],
  },
  {
    file: `${I}/internal/certificate-claims.ts`,
    specs: [`${I}/route-certificate.spec.ts`, `${I}/ingress-vectors.spec.ts`],
    mutants: [
      {
        breaks: 'A13: an entry that names the host before a wildcard',
        from: 'precise.length > 0 || domain === undefined ? precise',
        to: 'domain === undefined ? precise',
      },
    ],
  },
  {
    file: `${I}/internal/certificate-choice.ts`,
    specs: [`${I}/route-certificate.spec.ts`],
    mutants: [
      { breaks: 'A13: several Secrets are a conflict', from: 'secrets.size > 1', to: 'secrets.size > 9' },
      {
        breaks: 'A13: the certificate has to be made out to the name',
        from: 'names?.some((item) => hostCovers(item, name))',
        to: 'names?.some((item) => item !== name)',
      },
    ],
  },
];
