import type { MutantsOfFile } from '../mutant.js';

const D = 'src/core/dataplane';
const P = 'src/core/model/internal/profile';
const POLICY = 'src/core/policy';
const SPEC = [`${D}/felix-environment.spec.ts`];

/** What Felix is told by the environment of calico-node, which MTU follows from it, and which tunnels are told. */
export const FELIX_ENVIRONMENT: readonly MutantsOfFile[] = [
  {
    file: `${P}/felix-environment.ts`,
    specs: SPEC,
    mutants: [
      { breaks: 'environment: names of any case', from: 'const key = name.toLowerCase();', to: 'const key = name;' },
      { breaks: 'environment: what is empty is not told', from: "key.startsWith(PREFIX) && value !== ''", to: 'key.startsWith(PREFIX)' },
      {
        breaks: 'environment: what cannot be read masks the object',
        from: '[[field, parse(text)] as const]',
        to: 'parse(text) === undefined ? [] : [[field, parse(text)] as const]',
      },
      { breaks: 'environment: IPIP has a name of its own', from: "'ipinipmtu'", to: "'ipipmtu'" },
      { breaks: 'environment: numbers in base 16', from: '|0[xX][\\da-fA-F]+', to: '' },
      { breaks: 'environment: `none` leaves it to the pools', from: 'return FALSE.has(word) ? false : undefined;', to: 'return false;' },
    ],
  },
  {
    file: `${P}/felix-environment.ts`,
    specs: [`${POLICY}/felix-environment.spec.ts`],
    mutants: [
      { breaks: 'environment: `none` leaves no port open', from: 'if (text.toLowerCase() === NO_PORT) return [];', to: '' },
      {
        breaks: 'environment: one port that cannot be read spoils the list',
        from: "if (trimmed !== '' && !port) return undefined;",
        to: '',
      },
      { breaks: 'environment: ports are up to 65535', from: 'port > 65_535 || ', to: '' },
    ],
  },
  {
    file: `${POLICY}/internal/calico-hosts.ts`,
    specs: [`${POLICY}/felix-environment.spec.ts`],
    mutants: [
      {
        breaks: 'environment: its failsafe ports go before objects',
        from: 'if (felixAgent && told)',
        to: 'if (felixAgent && told && this.configurationsOf(node).length === 0)',
      },
      {
        breaks: 'environment: its endpoint-to-host goes before the object of the node',
        from: "if (!isSet && felixAgent && Object.hasOwn(felixEnvironment, 'endpointToHost'))",
        to: 'if (!isSet && felixAgent && this.configurationsOf(node).length === 0)',
      },
      {
        breaks: 'environment: endpoint-to-host of a user goes before it',
        from: "profileSources.get('policy.calico.endpointToHost')?.provenance === 'set'",
        to: 'false',
      },
    ],
  },
  {
    file: `${D}/internal/felix-of.ts`,
    specs: [`${D}/felix-of-node.spec.ts`],
    mutants: [
      { breaks: 'one node: what it does not say itself is that of all', from: '.filter(([, value]) => value !== undefined)', to: '' },
      {
        breaks: 'one node: its own configuration goes before that of all',
        from: "...byName(model).get('default'), ...told,",
        to: "...told, ...byName(model).get('default'),",
      },
    ],
  },
  {
    file: `${D}/internal/masquerading-of.ts`,
    specs: [`${D}/felix-of-node.spec.ts`],
    mutants: [
      {
        breaks: 'one node: the environment goes before its address of natOutgoing',
        from: 'Object.hasOwn(felixEnvironment, field) || ',
        to: '',
      },
      {
        breaks: 'one node: what a user sets goes before its address of natOutgoing',
        from: " || profileSources.get(setting)?.provenance === 'set'",
        to: '',
      },
      {
        breaks: 'one node: whom its natOutgoing leaves alone',
        from: "exclusions ? exclusions === 'IPPoolsAndHostIPs' : profile.masquerade.exemptNodes",
        to: 'profile.masquerade.exemptNodes',
      },
    ],
  },
  {
    file: `${P}/component-variables.ts`,
    specs: SPEC,
    mutants: [
      {
        breaks: 'environment: whole ConfigMaps come last',
        from: '{ ...Object.fromEntries([...whole, ...referred]), ...environment }',
        to: '{ ...environment, ...Object.fromEntries([...referred, ...whole]) }',
      },
      { breaks: 'environment: prefixes of whole ConfigMaps', from: '[`${prefix}${key}`, text]', to: '[key, text]' },
      { breaks: 'environment: keys of ConfigMaps', from: 'return text === undefined ? [] : [[name, text] as const];', to: 'return [];' },
    ],
  },
  {
    file: `${P}/cilium-told.ts`,
    specs: ['src/core/model/cilium-told.spec.ts'],
    mutants: [
      {
        breaks: 'Cilium: flags go before the environment',
        from: '...Object.fromEntries(variables), ...Object.fromEntries(flags)',
        to: '...Object.fromEntries(flags), ...Object.fromEntries(variables)',
      },
      {
        breaks: 'Cilium: the environment goes before cilium-config',
        from: '{ ...map.data, ...Object.fromEntries(variables),',
        to: '{ ...Object.fromEntries(variables), ...map.data,',
      },
      { breaks: 'Cilium: an empty variable is not told', from: " && value !== ''", to: '' },
      { breaks: 'Cilium: a flag that a variable is put into tells nothing', from: " || value.includes('$(')", to: '' },
      { breaks: 'Cilium: where a variable stands', from: 'if (agent && variables.has(key))', to: 'if (agent && !variables.has(key))' },
    ],
  },
  {
    file: `${P}/felix-told.ts`,
    specs: SPEC,
    mutants: [
      {
        breaks: 'environment: goes before objects',
        from: 'return Object.hasOwn(this.environment, field) ? this.environment[field] : this.configuration?.[field];',
        to: 'return this.configuration?.[field] ?? this.environment[field];',
      },
    ],
  },
  {
    file: `${P}/offer-calico.ts`,
    specs: SPEC,
    mutants: [
      {
        breaks: 'MTU: the CNI plugin’s own configuration goes before tunnels',
        from: '  offerVethMtu(draft, resources);\n  offerTunnelMtu(draft, felix);\n',
        to: '  offerTunnelMtu(draft, felix);\n  offerVethMtu(draft, resources);\n',
      },
    ],
  },
  {
    file: 'src/core/resources/internal/read-container.ts',
    specs: SPEC,
    mutants: [{ breaks: 'images: copies of Rancher', from: ".replace(MIRRORED, '')", to: '' }],
  },
  {
    file: `${D}/internal/felix-of.ts`,
    specs: [...SPEC, `${D}/felix-of-node.spec.ts`],
    mutants: [
      {
        breaks: 'environment: before the configuration, where MTUs of tunnels are asked for',
        from: '...told, ...model.felixEnvironment }',
        to: '...model.felixEnvironment, ...told }',
      },
    ],
  },
  {
    file: `${D}/cluster-mtu.ts`,
    specs: [...SPEC, `${D}/cluster-mtu.upstream.spec.ts`],
    mutants: [
      {
        breaks: 'MTU: nothing is enabled where Felix is told so',
        from: "return isRefused ? { mode: 'bgp', underlayFamily: family } :",
        to: 'return false ? { mode, underlayFamily: family } :',
      },
      { breaks: 'MTU: what is set for pods goes before tunnels', from: 'smallest.ok && !isPodMtuSet(model)', to: 'smallest.ok' },
      {
        breaks: 'MTU: of several encapsulations the widest counts',
        from: 'smallest.ok && smallest.value.widest ? placedMode(smallest.value.widest) :',
        to: '',
      },
    ],
  },
  {
    file: `${D}/pod-mtu.ts`,
    specs: [...SPEC, `${D}/pod-mtu.spec.ts`],
    mutants: [{ breaks: 'MTU: the widest takes most', from: 'overhead > widest.overhead', to: 'overhead < widest.overhead' }],
  },
  {
    file: `${D}/tunnels.ts`,
    specs: [`${D}/node-network.spec.ts`],
    mutants: [
      { breaks: 'tunnels: nodes without an address are told', from: 'if (left.length === 0) return [];', to: 'return [];' },
      { breaks: 'tunnels: none is known is not none', from: 'all.length === 0 && warnings.length === 0', to: 'all.length === 0' },
    ],
  },
  {
    file: `${D}/masquerade.ts`,
    specs: [`${D}/hop-path.reply.golden.spec.ts`],
    mutants: [
      {
        breaks: 'SNAT: kube-router, not to nodes',
        from: 'if (exemptNodes?.has(packet.destination))',
        to: 'if (false)',
      },
    ],
  },
];
