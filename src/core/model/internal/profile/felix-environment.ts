import { cidrOf, parseCidr } from '../../../net/cidr.js';
import { familyBits, parseIp } from '../../../net/ip.js';
import type { FailsafePort } from '../../../resources/felix-configuration.js';
import type { FelixField, FelixSettings } from '../../felix-settings.js';

/** What becomes of the value of a variable; undefined: it cannot be read. */
type Parse<F extends FelixField> = (text: string) => FelixSettings[F];

const PREFIX = 'felix_';
const TRUE: ReadonlySet<string> = new Set(['true', '1', 'yes', 'y', 't']);
const FALSE: ReadonlySet<string> = new Set(['false', '0', 'no', 'n', 'f']);

/** Parameters by their names in lower case, which are not always those of FelixConfiguration (projectcalico/calico `felix/config/{config_params,param_types}.go`). */
const PARAMETERS: { readonly [F in FelixField]: readonly [name: string, parse: Parse<F>] } = {
  bpfEnabled: ['bpfenabled', flag],
  bpfExternalServiceMode: ['bpfexternalservicemode', oneOf('Tunnel', 'DSR')],
  bpfConnectTimeLoadBalancing: ['bpfconnecttimeloadbalancing', oneOf('TCP', 'Enabled', 'Disabled')],
  endpointToHost: ['defaultendpointtohostaction', oneOf('Accept', 'Drop', 'Return')],
  failsafeInbound: ['failsafeinboundhostports', failsafePorts],
  failsafeOutbound: ['failsafeoutboundhostports', failsafePorts],
  ipipEnabled: ['ipinipenabled', optionalFlag],
  ipipMTU: ['ipinipmtu', number],
  natOutgoingAddress: ['natoutgoingaddress', parseIp],
  natOutgoingExclusions: ['natoutgoingexclusions', oneOf('IPPoolsOnly', 'IPPoolsAndHostIPs')],
  vxlanEnabled: ['vxlanenabled', optionalFlag],
  vxlanMTU: ['vxlanmtu', number],
  vxlanMTUV6: ['vxlanmtuv6', number],
  vxlanPort: ['vxlanport', number],
  vxlanVNI: ['vxlanvni', number],
  wireguardEnabled: ['wireguardenabled', flag],
  wireguardEnabledV6: ['wireguardenabledv6', flag],
  wireguardHostEncryptionEnabled: ['wireguardhostencryptionenabled', flag],
  wireguardMTU: ['wireguardmtu', number],
  wireguardMTUV6: ['wireguardmtuv6', number],
};

/**
 * What the environment of calico-node tells Felix, which goes before every object (projectcalico/calico `felix/config/config_params.go`, SourcesInDescendingOrder). As there: names are of any
 * case (`env_var_loader.go`), what is empty is not told, and what cannot be read is replaced by the default, not by what an object says.
 */
export function felixEnvironment(environment: Readonly<Record<string, string>>): FelixSettings {
  const told = new Map<string, string>();
  for (const [name, value] of Object.entries(environment)) {
    const key = name.toLowerCase();
    if (key.startsWith(PREFIX) && value !== '') told.set(key.slice(PREFIX.length), value);
  }
  const fields = Object.entries(PARAMETERS).flatMap(([field, [name, parse]]) => {
    const text = told.get(name);
    return text === undefined ? [] : [[field, parse(text)] as const];
  });
  return Object.fromEntries(fields);
}

/** The variable of a field, as Calico's documentation writes it. */
export function felixVariable(field: FelixField): string {
  return `${PREFIX}${PARAMETERS[field][0]}`.toUpperCase();
}

/** What cannot be read is off, as all of these are by default. */
function flag(text: string): boolean {
  return TRUE.has(text.toLowerCase());
}

/** Where the default is to look at the pools. */
function optionalFlag(text: string): boolean | undefined {
  const word = text.toLowerCase();
  if (TRUE.has(word)) return true;
  return FALSE.has(word) ? false : undefined;
}

/** As Go reads it with base 0; 0 is as good as none: Felix reckons, or takes its default. */
function number(text: string): number | undefined {
  const value = /^(?:[1-9]\d*|0[xX][\da-fA-F]+)$/.test(text) ? Number(text) : 0;
  return Number.isSafeInteger(value) && value > 0 ? value : undefined;
}

function oneOf<const T extends string>(...values: readonly T[]): (text: string) => T | undefined {
  return (text) => values.find((one) => one.toLowerCase() === text.toLowerCase());
}

const NO_PORT = 'none';
const PROTOCOLS = ['TCP', 'UDP', 'SCTP'] as const;

/**
 * `22`, `tcp:22`, `tcp:192.0.2.0/24:22`, `udp:[2001:db8::/64]:53`, with commas between them; of all of them none is taken where one cannot be read (PortListParam). `none`: no port stays open.
 */
function failsafePorts(text: string): readonly FailsafePort[] | undefined {
  if (text.toLowerCase() === NO_PORT) return [];
  const ports: FailsafePort[] = [];
  for (const word of text.split(',')) {
    const trimmed = word.trim();
    const port = trimmed === '' ? undefined : failsafePort(trimmed);
    if (trimmed !== '' && !port) return undefined;
    if (port) ports.push(port);
  }
  return ports;
}

const FAILSAFE_PORT = /^(?:(?<protocol>[^:[\]]+):)?(?:(?:\[(?<inBrackets>[^\]]*)\]|(?<plain>[^:[\]]+)):)?(?<number>\d{1,5})$/i;

function failsafePort(text: string): FailsafePort | undefined {
  const { protocol: named = 'tcp', inBrackets, plain, number = '' } = FAILSAFE_PORT.exec(text)?.groups ?? {};
  const protocol = PROTOCOLS.find((one) => one.toLowerCase() === named.toLowerCase());
  const net = inBrackets ?? plain;
  const ip = net === undefined ? undefined : parseIp(net);
  const cidr = ip ? cidrOf(ip, familyBits(ip.family)) : net === undefined ? undefined : parseCidr(net);
  const port = Number(number);
  if (!protocol || number === '' || port > 65_535 || (net !== undefined && !cidr)) return undefined;
  return { pointer: '', protocol, port, net: cidr };
}
