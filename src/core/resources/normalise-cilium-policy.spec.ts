import { describe, expect, it } from 'vitest';
import { networkPolicy } from '../../../test/support/policy-cluster.js';
import type { JsonObject } from '../kernel/json.js';
import { formatCidr } from '../net/cidr.js';
import type { CiliumPolicy, CiliumRule } from './cilium-policy.js';
import { formatSelector } from './label-selector.js';
import { normaliseObject } from './normalise-object.js';

/**
 * The rules are those of the CRDs and of the agent: cilium/cilium `pkg/k8s/apis/cilium.io/client/crds/v2`, `pkg/policy/api/rule_validation.go`,
 * `pkg/k8s/apis/cilium.io/utils/utils.go`.
 */

function read(name: string, spec: JsonObject) {
  const { resource, diagnostics } = normaliseObject(networkPolicy(name, spec));
  const policy = resource as CiliumPolicy;
  return { policy, findings: diagnostics.map(({ severity, pointer }) => `${severity} ${pointer ?? ''}`), diagnostics };
}

const endpointSelector = { matchLabels: { app: 'web' } };
const ingress = (...rules: object[]) => ({ endpointSelector, ingress: rules }) as JsonObject;
const egress = (...rules: object[]) => ({ endpointSelector, egress: rules }) as JsonObject;
const ports = (...list: object[]) => ({ toPorts: [{ ports: list }] });

/** cilium/cilium `pkg/policy/api/http.go`, `PortRuleHTTP.Sanitize`. */
const HTTP_MISTAKES: readonly (readonly [rule: JsonObject, pointer: string])[] = [
  [{ path: '/a(' }, '/path'],
  [{ method: 'GET|*' }, '/method'],
  [{ headerMatches: [{ value: 'x' }] }, '/headerMatches/0/name'],
  [{ headerMatches: [{ name: 'X', mismatch: 'DROP' }] }, '/headerMatches/0/mismatch'],
  [{ headerMatches: [{ name: 'X', secret: { namespace: 'a' } }] }, '/headerMatches/0/secret/name'],
];

describe('what the CRD and the agent refuse', () => {
  const cases: readonly (readonly [what: string, name: string, spec: JsonObject, expected: readonly string[]])[] = [
    ['a policy that is right', 'ciliumnp a/p', ingress({ fromEndpoints: [{}], ...ports({ port: '80', protocol: 'TCP' }) }), []],
    ['no selector', 'ciliumnp a/p', { ingress: [{}] }, ['error /spec/endpointSelector', 'warning /spec/ingress/0']],
    ['both selectors', 'ccnp p', { ...ingress({ fromEndpoints: [{}] }), nodeSelector: {} }, ['error /spec/nodeSelector']],
    [
      'a nodeSelector in a namespaced policy',
      'ciliumnp a/p',
      { nodeSelector: {}, ingress: [{ fromEntities: ['all'] }] },
      ['error /spec/nodeSelector'],
    ],
    ['no rules', 'ciliumnp a/p', { endpointSelector }, ['warning /spec']],
    [
      'two kinds of peers',
      'ciliumnp a/p',
      ingress({ fromEndpoints: [{}], fromEntities: ['world'] }),
      ['error /spec/ingress/0/fromEntities'],
    ],
    ['an entity that is none', 'ciliumnp a/p', ingress({ fromEntities: ['wrld'] }), ['error /spec/ingress/0/fromEntities/0']],
    [
      'an entity of the agent that the CRD does not list',
      'ciliumnp a/p',
      egress({ toEntities: ['world-ipv4'] }),
      ['error /spec/egress/0/toEntities/0'],
    ],
    ['a CIDR that is none', 'ciliumnp a/p', egress({ toCIDR: ['10.0.0.0/33'] }), ['error /spec/egress/0/toCIDR/0']],
    [
      'an address instead of a CIDR in a set',
      'ciliumnp a/p',
      egress({ toCIDRSet: [{ cidr: '10.0.0.1' }] }),
      ['error /spec/egress/0/toCIDRSet/0/cidr'],
    ],
    [
      'an exception outside its CIDR',
      'ciliumnp a/p',
      egress({ toCIDRSet: [{ cidr: '10.0.0.0/8', except: ['11.0.0.0/16'] }] }),
      ['error /spec/egress/0/toCIDRSet/0/except/0'],
    ],
    [
      'a CIDR and a group',
      'ciliumnp a/p',
      egress({ toCIDRSet: [{ cidr: '10.0.0.0/8', cidrGroupRef: 'x' }] }),
      ['error /spec/egress/0/toCIDRSet/0'],
    ],
    [
      'a domain name with a star',
      'ciliumnp a/p',
      egress({ toFQDNs: [{ matchName: '*.io' }] }),
      ['error /spec/egress/0/toFQDNs/0/matchName'],
    ],
    [
      'a long text that is almost a domain name',
      'ciliumnp a/p',
      egress({ toFQDNs: [{ matchName: `${'a'.repeat(250)}!` }, { matchPattern: `${'a.'.repeat(120)}.` }] }),
      ['error /spec/egress/0/toFQDNs/0/matchName', 'error /spec/egress/0/toFQDNs/1/matchPattern'],
    ],
    [
      'domain names that are denied',
      'ciliumnp a/p',
      { endpointSelector, egressDeny: [{ toFQDNs: [{ matchName: 'a.io' }], toEntities: ['world'] }] },
      ['warning /spec/egressDeny/0/toFQDNs'],
    ],
    [
      'services without a name',
      'ciliumnp a/p',
      egress({ toServices: [{ k8sService: { namespace: 'x' } }] }),
      ['error /spec/egress/0/toServices/0'],
    ],
    [
      'services beside ports, which agents before 1.17 refuse (cilium/cilium#20067)',
      'ciliumnp a/p',
      egress({ toServices: [{ k8sService: { serviceName: 'x' } }], ...ports({ port: '80' }) }),
      ['info /spec/egress/0/toServices'],
    ],
    [
      'services that are denied (pkg/policy/k8s/service.go looks at `egress` alone)',
      'ciliumnp a/p',
      { endpointSelector, egressDeny: [{ toServices: [{ k8sService: { serviceName: 'x' } }] }] },
      ['warning /spec/egressDeny/0/toServices'],
    ],
    ['security groups', 'ciliumnp a/p', egress({ toGroups: [{ aws: { region: 'x' } }] }), ['warning /spec/egress/0/toGroups/0']],
    ['a port as a number', 'ciliumnp a/p', ingress(ports({ port: 80 })), ['error /spec/ingress/0/toPorts/0/ports/0/port']],
    ['a port in octal', 'ciliumnp a/p', ingress(ports({ port: '010' })), ['warning /spec/ingress/0/toPorts/0/ports/0/port']],
    ['a port in octal that is none', 'ciliumnp a/p', ingress(ports({ port: '08' })), ['error /spec/ingress/0/toPorts/0/ports/0/port']],
    ['a port above 65535', 'ciliumnp a/p', ingress(ports({ port: '70000' })), ['error /spec/ingress/0/toPorts/0/ports/0/port']],
    ['no port', 'ciliumnp a/p', ingress(ports({ protocol: 'TCP' })), ['error /spec/ingress/0/toPorts/0/ports/0/port']],
    [
      'ICMP as a protocol',
      'ciliumnp a/p',
      ingress(ports({ port: '0', protocol: 'ICMP' })),
      ['error /spec/ingress/0/toPorts/0/ports/0/protocol'],
    ],
    [
      'a protocol in lower case',
      'ciliumnp a/p',
      ingress(ports({ port: '80', protocol: 'tcp' })),
      ['warning /spec/ingress/0/toPorts/0/ports/0/protocol'],
    ],
    [
      'an endPort below its port',
      'ciliumnp a/p',
      ingress(ports({ port: '80', endPort: 70 })),
      ['warning /spec/ingress/0/toPorts/0/ports/0/endPort'],
    ],
    [
      'a port of a protocol without ports',
      'ciliumnp a/p',
      ingress(ports({ port: '5', protocol: 'VRRP' })),
      ['error /spec/ingress/0/toPorts/0/ports/0/port'],
    ],
    [
      '41 ports',
      'ciliumnp a/p',
      ingress(ports(...Array.from({ length: 41 }, () => ({ port: '1' })))),
      ['error /spec/ingress/0/toPorts/0/ports'],
    ],
    [
      'icmps beside toPorts',
      'ciliumnp a/p',
      ingress({ ...ports({ port: '1' }), icmps: [{ fields: [{ type: 8 }] }] }),
      ['error /spec/ingress/0/icmps'],
    ],
    [
      'an ICMP type that is none',
      'ciliumnp a/p',
      ingress({ icmps: [{ fields: [{ type: 'EchoRequst' }] }] }),
      ['error /spec/ingress/0/icmps/0/fields/0/type'],
    ],
    [
      'an ICMP type with leading zeros, which the pattern of the CRD has not',
      'ciliumnp a/p',
      ingress({ icmps: [{ fields: [{ type: '08' }] }] }),
      ['error /spec/ingress/0/icmps/0/fields/0/type'],
    ],
    [
      'the ICMP type that CRD and agent write differently',
      'ciliumnp a/p',
      ingress({ icmps: [{ fields: [{ type: 'ExtendedEchoReply' }] }] }),
      ['error /spec/ingress/0/icmps/0/fields/0/type'],
    ],
    ['a removed field', 'ciliumnp a/p', ingress({ fromRequires: [{}], fromEndpoints: [{}] }), ['error /spec/ingress/0/fromRequires']],
    ['a rule without peers and ports', 'ciliumnp a/p', ingress({}), ['warning /spec/ingress/0']],
    [
      'HTTP rules on UDP',
      'ciliumnp a/p',
      ingress({ toPorts: [{ ports: [{ port: '80', protocol: 'UDP' }], rules: { http: [{ path: '/' }] } }] }),
      ['error /spec/ingress/0/toPorts/0/ports/0/protocol'],
    ],
    [
      'DNS rules on ingress',
      'ciliumnp a/p',
      ingress({ toPorts: [{ ports: [{ port: '53' }], rules: { dns: [{ matchPattern: '*' }] } }] }),
      ['error /spec/ingress/0/toPorts/0/rules'],
    ],
    [
      'HTTP and DNS rules at once',
      'ciliumnp a/p',
      egress({ toPorts: [{ ports: [{ port: '53', protocol: 'TCP' }], rules: { http: [{}], dns: [{ matchName: 'a.io' }] } }] }),
      ['error /spec/egress/0/toPorts/0/rules/dns'],
    ],
    [
      'rules of no kind',
      'ciliumnp a/p',
      ingress({ toPorts: [{ ports: [{ port: '80', protocol: 'TCP' }], rules: {} }] }),
      ['error /spec/ingress/0/toPorts/0/rules'],
    ],
    [
      'DNS rules with what no domain name has (fqdn_test.go, TestPortRuleDNSSanitize)',
      'ciliumnp a/p',
      egress({
        toPorts: [
          {
            ports: [{ port: '53' }],
            rules: { dns: [{ matchName: 'a{1,2}.cilium.io.' }, { matchPattern: '[a-z]*.cilium.io.' }, { matchName: 'münchen.de' }] },
          },
        ],
      }),
      ['0/matchName', '1/matchPattern', '2/matchName'].map((at) => `error /spec/egress/0/toPorts/0/rules/dns/${at}`),
    ],
    [
      'Kafka rules that its parser refuses',
      'ciliumnp a/p',
      egress({
        toPorts: [
          {
            ports: [{ port: '9092', protocol: 'TCP' }],
            rules: { kafka: [{ role: 'read' }, { apiVersion: '-1' }, { topic: 'a b' }, { role: 'produce', topic: 'a.b' }] },
          },
        ],
      }),
      ['0/role', '1/apiVersion', '2/topic'].map((at) => `error /spec/egress/0/toPorts/0/rules/kafka/${at}`),
    ],
    [
      'server names',
      'ciliumnp a/p',
      egress({ toPorts: [{ ports: [{ port: '443', protocol: 'TCP' }], serverNames: ['*.cilium.io', '**.cilium.io', 'a.*.io', ''] }] }),
      Array.from({ length: 2 }, () => 'error /spec/egress/0/toPorts/0/serverNames'),
    ],
    [
      'HTTP rules in a host policy',
      'ccnp p',
      { nodeSelector: {}, ingress: [{ toPorts: [{ ports: [{ port: '80', protocol: 'TCP' }], rules: { http: [{}] } }] }] },
      ['error /spec/ingress/0/toPorts/0/rules'],
    ],
    [
      'layer 7 of a rule that denies',
      'ciliumnp a/p',
      { endpointSelector, ingressDeny: [{ toPorts: [{ ports: [{ port: '80', protocol: 'TCP' }], rules: { http: [{}] } }] }] },
      ['warning /spec/ingressDeny/0/toPorts/0/rules'],
    ],
    [
      'a mode of authentication that is none',
      'ciliumnp a/p',
      ingress({ fromEndpoints: [{}], authentication: { mode: 'always' } }),
      ['error /spec/ingress/0/authentication/mode'],
    ],
    [
      'another namespace in the endpointSelector',
      'ciliumnp a/p',
      { endpointSelector: { matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'b' } }, ingress: [{ fromEntities: ['all'] }] },
      ['warning /spec/endpointSelector'],
    ],
    [
      'a label that is no part of identities',
      'ciliumnp a/p',
      ingress({ fromEndpoints: [{ matchLabels: { 'pod-template-hash': 'x' } }] }),
      ['warning /spec/ingress/0/fromEndpoints/0'],
    ],
    [
      'the same of nodes',
      'ccnp p',
      {
        nodeSelector: { matchLabels: { 'kubernetes.io/hostname': 'x' } },
        ingress: [{ fromNodes: [{ matchLabels: { 'kubernetes.io/os': 'x' } }] }],
      },
      [],
    ],
    [
      'a label key with a bad source',
      'ciliumnp a/p',
      ingress({ fromEndpoints: [{ matchLabels: { 'k8s:a b': 'x' } }] }),
      ['error /spec/ingress/0/fromEndpoints/0/matchLabels/k8s:a b'],
    ],
  ];
  it.each(cases)('%s', (_, name, spec, expected) => {
    expect(read(name, spec).findings).toEqual(expected);
  });

  it('a rule that cannot be read fails closed, and the others stand', () => {
    const { policy } = read('ciliumnp a/p', ingress({ fromEntities: ['wrld'] }, { fromEntities: ['world'] }));
    expect(policy.specs[0]?.ingress.rules.map(({ failsClosed }) => failsClosed)).toEqual([true, false]);
  });

  /** cilium `pkg/fqdn/matchpattern/matchpattern.go` and its test: `*`, `**`, `**.`, `***` are every name, `**.` in front any number of labels. */
  it.each([
    ['CILIUM.io.', 'cilium.io'],
    ['_sub.cilium.io', '_sub.cilium.io'],
    ['*', '*'],
    ['*.', '*'],
    ['**', '*'],
    ['***.', '*'],
    ['**.cilium.io', '**.cilium.io'],
    ['****.cilium.io', '**.cilium.io'],
    ['*.*.cilium.io', '*.*.cilium.io'],
    ['1.**.ci**.io', '1.*.ci*.io'],
    [`${'a.'.repeat(126)}bcd`, `${'a.'.repeat(126)}bcd`],
  ])('the pattern %s is %s', (matchPattern, expected) => {
    const { policy, findings } = read('ciliumnp a/p', egress({ toFQDNs: [{ matchPattern }] }));
    expect([findings, policy.specs[0]?.egress.rules[0]?.peers]).toEqual([[], [expect.objectContaining({ type: 'fqdn', name: expected })]]);
  });

  /** `MaxFQDNLength` is 255; the characters are those of the CRD's pattern, in which dots are single. */
  it.each(['.', '..', 'a..b', '.cilium.io', 'cilium io', 'münchen.de', '*.bücher.example', '‮*.io', `${'a.'.repeat(127)}bc`])(
    'the pattern %s is refused',
    (matchPattern) => {
      const { policy, findings } = read('ciliumnp a/p', egress({ toFQDNs: [{ matchPattern }] }));
      expect(findings).toEqual(['error /spec/egress/0/toFQDNs/0/matchPattern']);
      expect(policy.specs[0]?.egress.rules[0]?.failsClosed).toBe(true);
    },
  );

  it('a misspelled entity has a hint', () => {
    expect(read('ciliumnp a/p', ingress({ fromEntities: ['wrld'] })).diagnostics[0]?.hint).toBe('did you mean `world`?');
  });
});

describe('where the selector of a peer looks (getEndpointSelector)', () => {
  const peer = (name: string, matchLabels: JsonObject, subject: JsonObject = {}) => {
    const { policy } = read(name, { endpointSelector: subject, ingress: [{ fromEndpoints: [{ matchLabels }] }] });
    const [one] = policy.specs[0]?.ingress.rules[0]?.peers ?? [];
    return one?.type === 'endpoints' ? formatSelector(one.selector) : undefined;
  };
  it.each([
    ['ciliumnp shop/p', {}, 'k8s:io.kubernetes.pod.namespace=shop'],
    ['ciliumnp shop/p', { app: 'web' }, 'any:app=web,k8s:io.kubernetes.pod.namespace=shop'],
    ['ciliumnp shop/p', { 'k8s:app': 'web' }, 'k8s:app=web,k8s:io.kubernetes.pod.namespace=shop'],
    ['ciliumnp shop/p', { 'k8s:io.kubernetes.pod.namespace': 'ops' }, 'k8s:io.kubernetes.pod.namespace=ops'],
    ['ciliumnp shop/p', { 'io.kubernetes.pod.namespace': 'ops' }, 'any:io.kubernetes.pod.namespace=ops'],
    ['ciliumnp shop/p', { 'k8s:io.cilium.k8s.namespace.labels.team': 'a' }, 'k8s:io.cilium.k8s.namespace.labels.team=a'],
    ['ciliumnp shop/p', { 'reserved:host': '' }, 'reserved:host='],
    ['ccnp p', {}, 'k8s:io.kubernetes.pod.namespace'],
    ['ccnp p', { app: 'web' }, 'any:app=web,k8s:io.kubernetes.pod.namespace'],
    ['ccnp p', { 'reserved:world': '' }, 'reserved:world='],
  ])('%s %o', (name, labels, expected) => {
    expect(peer(name, labels)).toBe(expected);
  });

  it('of a policy for endpoints that initialise: every endpoint', () => {
    expect(peer('ccnp p', {}, { matchLabels: { 'reserved:init': '' } })).toBe('<all>');
  });

  it('an endpointSelector applies in the namespace of the policy', () => {
    const { policy } = read('ciliumnp shop/p', ingress({ fromEntities: ['all'] }));
    expect(formatSelector(policy.specs[0]!.subject.selector)).toBe('any:app=web,k8s:io.kubernetes.pod.namespace=shop');
  });
});

describe('absent and empty lists', () => {
  const rule = (direction: 'ingress' | 'egress', body: object): CiliumRule => {
    const { policy } = read('ciliumnp a/p', { endpointSelector, [direction]: [body] } as JsonObject);
    return policy.specs[0]![direction].rules[0]!;
  };

  /** CRD: "while an empty non-nil FromEndpoints does not select anything, nil FromEndpoints is implicitly treated as a wildcard selector if ToPorts are also specified". */
  it.each([
    ['ingress', {}, undefined],
    ['ingress', { fromEndpoints: [] }, 0],
    ['ingress', { fromEndpoints: [{}] }, 1],
    ['ingress', { fromEntities: [] }, 0],
    ['ingress', { fromCIDRSet: [], fromEndpoints: [{}] }, 0],
    ['egress', { toNodes: [] }, 0],
    ['egress', { toFQDNs: [] }, undefined],
    ['egress', { toServices: [] }, undefined],
  ] as const)('%s %o names %s peers', (direction, body, expected) => {
    expect(rule(direction, body).peers?.length).toBe(expected);
  });

  /** rule_validation.go, `Sanitize`: default-deny in the directions that have rules, unless `enableDefaultDeny` says otherwise. */
  it.each([
    [{ ingress: [{}] }, [true, false]],
    [{ ingressDeny: [{ fromEntities: ['world'] }] }, [true, false]],
    [{ ingress: [], egress: [{}] }, [false, true]],
    [{ ingress: [{}], egress: [{}], enableDefaultDeny: { ingress: false } }, [false, true]],
    [{ ingress: [{}], enableDefaultDeny: { ingress: true, egress: true } }, [true, false]],
    [{ ingress: [], egress: [{}], enableDefaultDeny: { ingress: true } }, [false, true]],
    [{}, [false, false]],
  ])('%o', (body, expected) => {
    const { policy } = read('ciliumnp a/p', { endpointSelector, ...body });
    const { ingress: inward, egress: outward } = policy.specs[0]!;
    expect([inward.defaultDeny, outward.defaultDeny]).toEqual(expected);
  });

  it('deny rules come first', () => {
    const { policy } = read('ciliumnp a/p', { endpointSelector, ingress: [{}], ingressDeny: [{}] });
    expect(policy.specs[0]?.ingress.rules.map(({ pointer }) => pointer)).toEqual(['/spec/ingressDeny/0', '/spec/ingress/0']);
  });

  it('specs is a list of rules, beside spec or alone', () => {
    const object = { ...networkPolicy('ciliumnp a/p', {}), spec: ingress({}), specs: [egress({}), ingress({})] } as const;
    const { resource } = normaliseObject(object);
    expect((resource as CiliumPolicy).specs.map(({ pointer }) => pointer)).toEqual(['/spec', '/specs/0', '/specs/1']);
  });
});

it.each(HTTP_MISTAKES)('the HTTP rule %o is refused at %s, and the rule around it fails closed', (rule, pointer) => {
  const { policy, findings } = read(
    'ciliumnp a/p',
    ingress({ toPorts: [{ ports: [{ port: '80', protocol: 'TCP' }], rules: { http: [rule] } }] }),
  );
  expect(findings).toEqual([`error /spec/ingress/0/toPorts/0/rules/http/0${pointer}`]);
  expect(policy.specs[0]!.ingress.rules[0]!.failsClosed).toBe(true);
});

describe('ports, ICMP types and layer 7', () => {
  const portRule = (element: object, direction: 'ingress' | 'egress' = 'egress') => {
    const { policy } = read('ciliumnp a/p', { endpointSelector, [direction]: [{ toPorts: [element] }] } as JsonObject);
    return policy.specs[0]![direction].rules[0]!.ports[0]!;
  };
  const port = (one: object) => {
    const [first] = portRule({ ports: [one] }).ports;
    if (first?.type === 'protocol') return `protocol ${first.protocol}`;
    if (first?.type !== 'port') return first?.type;
    const range = first.endPort === undefined ? '' : `-${first.endPort}`;
    return `${first.protocol} ${first.port ?? 'all'}${range}`;
  };

  it.each([
    [{ port: '80', protocol: 'TCP' }, 'TCP 80'],
    [{ port: '80' }, 'ANY 80'],
    [{ port: '80', protocol: 'ANY', endPort: 90 }, 'ANY 80-90'],
    [{ port: '0', protocol: 'UDP' }, 'UDP all'],
    [{ port: 'HTTP', endPort: 90 }, 'ANY http'], // "EndPort is ignored if Port is a named port" (layer4.rst)
    [{ port: '0x10' }, 'ANY 0x10'], // "0x10 is now considered a name" (rule_validation.go)
    [{ port: '010' }, 'ANY 8'], // `strconv.ParseUint(port, 0, 16)`: the base follows from the text
    [{ port: '00' }, 'ANY all'],
    [{ port: '8_080', protocol: 'TCP' }, 'TCP 8080'],
    [{ protocol: 'VRRP' }, 'protocol 112'], // host/allow-extended-protocols.yaml
  ])('%o is %s', (one, expected) => {
    expect(port(one)).toBe(expected);
  });

  it.each([
    [{ http: [{ method: 'GET', path: '/public' }] }, ['HTTP requests that match `GET /public`']],
    [
      {
        http: [
          { method: 'GET', path: '/path1$' },
          { method: 'PUT', path: '/path2$', headers: ['X-My-Header: true'] },
        ],
      },
      ['HTTP requests that match `GET /path1$` or `PUT /path2$, header X-My-Header: true`'],
    ],
    // HeaderMatch of `pkg/policy/api/http.go`: "only presence of the header is enough", "refers to a secret that contains the value".
    [
      { http: [{ headerMatches: [{ name: 'X-A' }, { name: 'X-B', value: '1' }, { name: 'X-C', secret: { name: 'token' } }] }] },
      ['HTTP requests that match `header X-A, header X-B: 1, header X-C: the value of Secret token`'],
    ],
    // "Otherwise the overall rule is still considered as matching, but the mismatches are logged" (`mismatch`).
    [{ http: [{ path: '/a', headerMatches: [{ name: 'X', value: '1', mismatch: 'LOG' }] }] }, ['HTTP requests that match `/a`']],
    [{ http: [{ headerMatches: [{ name: 'X', value: '1', mismatch: 'REPLACE' }] }] }, []],
    [{ http: [] }, []], // "If no rules are specified, then all traffic is permitted" (layer7.rst)
    [{ http: [{ path: '/a' }, {}] }, []], // "if all fields are empty or missing, the rule does not have any effect" (CRD)
    [{ kafka: [{ role: 'produce', topic: 'empire-announce' }] }, ['Kafka requests that match `role produce, topic empire-announce`']],
  ])('%o', (rules, expected) => {
    const { conditions } = portRule({ ports: [{ port: '80', protocol: 'TCP' }], rules });
    expect(conditions.map(({ text }) => text)).toEqual(expected);
  });

  it.each([
    [{ dns: [{ matchPattern: '*' }] }, []],
    [{ dns: [{ matchName: 'cilium.io' }, { matchPattern: '*.cilium.io' }] }, ['DNS queries for `cilium.io` or `*.cilium.io`']],
  ])('%o', (rules, expected) => {
    expect(portRule({ ports: [{ port: '53' }], rules }).conditions.map(({ text }) => text)).toEqual(expected);
  });

  it('server names', () => {
    const [condition] = portRule({ ports: [{ port: '443', protocol: 'TCP' }], serverNames: ['one.one.one.one'] }).conditions;
    expect(condition?.text).toBe('TLS connections to the server name `one.one.one.one`');
  });

  it.each([
    [{ type: 8 }, 'icmp 4 8'],
    [{ type: 'EchoRequest', family: 'IPv6' }, 'icmp 6 128'], // l4/icmp.yaml
    [{ type: '3' }, 'icmp 4 3'],
  ])('%o is %s', (field, expected) => {
    const { policy } = read('ciliumnp a/p', egress({ icmps: [{ fields: [field] }] }));
    const [one] = policy.specs[0]!.egress.rules[0]!.ports[0]!.ports;
    expect(one?.type === 'icmp' ? `icmp ${one.family} ${one.icmpType}` : one?.type).toBe(expected);
  });
});

describe('CiliumCIDRGroup', () => {
  it('is a list of networks; what is none is left out and reported', () => {
    const { resource, diagnostics } = normaliseObject(
      networkPolicy('cidrgroup vpn', { externalCIDRs: ['10.48.0.0/24', '10.16.0.1', 'x'] }),
    );
    expect(resource?.kind === 'CiliumCIDRGroup' ? resource.cidrs.map(formatCidr) : []).toEqual(['10.48.0.0/24', '10.16.0.1/32']);
    expect(diagnostics.map(({ pointer }) => pointer)).toEqual(['/spec/externalCIDRs/2']);
  });
});
