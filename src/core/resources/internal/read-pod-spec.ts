import type { LabelRequirement } from '../label-selector.js';
import type { DnsPolicy, HostAlias, PodDnsConfig, PodSpec, Toleration } from '../pod.js';
import type { ObjectReader } from './object-reader.js';
import { readContainers } from './read-container.js';
import { readRequirement } from './read-label-selector.js';

/** Every field of a PodSpec (kubernetes/api `core/v1/types.go`), so that a misspelled one is noticed. */
const FIELDS: ReadonlySet<string> = new Set(
  `activeDeadlineSeconds affinity automountServiceAccountToken containers dnsConfig dnsPolicy enableServiceLinks ephemeralContainers hostAliases
  hostIPC hostNetwork hostPID hostUsers hostname hostnameOverride imagePullSecrets initContainers nodeName nodeSelector os overhead
  preemptionPolicy priority priorityClassName readinessGates resourceClaims resources restartPolicy runtimeClassName schedulerName
  schedulingGates securityContext serviceAccount serviceAccountName setHostnameAsFQDN shareProcessNamespace subdomain
  terminationGracePeriodSeconds tolerations topologySpreadConstraints volumes workloadRef schedulingGroup`.split(/\s+/),
);
const DNS_POLICIES: readonly DnsPolicy[] = ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'];
/** A DNS subdomain (RFC 1123) that Linux takes for a hostname. */
const HOSTNAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const MAX_HOSTNAME = 64;
const NO_TERMS: PodSpec['requiredNodeTerms'] = [];
const NO_TOLERATIONS: readonly Toleration[] = [];
const NO_ALIASES: readonly HostAlias[] = [];

/** Reads a PodSpec and fills in the defaults of kubernetes `pkg/apis/core/v1/defaults.go` that bear on the network. */
export function readPodSpec(spec: ObjectReader): PodSpec {
  spec.expectOnly(FIELDS);
  const hostNetwork = spec.boolean('hostNetwork') ?? false;
  return {
    containers: readContainers(spec, hostNetwork),
    hostNetwork,
    hostname: spec.filledText('hostname'),
    subdomain: spec.filledText('subdomain'),
    setHostnameAsFQDN: spec.boolean('setHostnameAsFQDN') ?? false,
    hostnameOverride: readHostnameOverride(spec),
    dnsPolicy: spec.oneOf('dnsPolicy', DNS_POLICIES) ?? spec.default('dnsPolicy', 'ClusterFirst'),
    dnsConfig: spec.has('dnsConfig') ? readDnsConfig(spec.object('dnsConfig')) : undefined,
    hostAliases: spec.has('hostAliases') ? spec.objects('hostAliases').map(readHostAlias) : NO_ALIASES,
    enableServiceLinks: spec.boolean('enableServiceLinks') ?? spec.default('enableServiceLinks', true),
    serviceAccountName: spec.filledText('serviceAccountName') ?? spec.filledText('serviceAccount') ?? 'default',
    nodeName: spec.filledText('nodeName'),
    nodeSelector: spec.labels('nodeSelector'),
    requiredNodeTerms: spec.has('affinity') ? readNodeTerms(spec) : NO_TERMS,
    tolerations: spec.has('tolerations') ? spec.objects('tolerations').map(readToleration) : NO_TOLERATIONS,
  };
}

/** KEP-4762; kubernetes `pkg/apis/core/validation` refuses it beside the two fields that name the pod in another way. A refused one changes nothing. */
function readHostnameOverride(spec: ObjectReader): string | undefined {
  const override = spec.filledText('hostnameOverride');
  if (override === undefined) return undefined;
  const clash = ['hostNetwork', 'setHostnameAsFQDN'].find((field) => spec.raw(field) === true);
  if (clash !== undefined) {
    spec.error('not-allowed', 'hostnameOverride', `\`hostnameOverride\` and \`${clash}: true\` exclude one another`);
    return undefined;
  }
  if (override.length <= MAX_HOSTNAME && HOSTNAME.test(override)) return override;
  spec.error('invalid-value', 'hostnameOverride', `\`${override}\` is no DNS name of at most ${MAX_HOSTNAME} characters in lower case`);
  return undefined;
}

function readDnsConfig(reader: ObjectReader | undefined): PodDnsConfig | undefined {
  if (!reader) return undefined;
  const options = reader.objects('options').flatMap((option) => {
    const name = option.filledText('name');
    return name === undefined ? [] : [{ name, value: option.text('value') }];
  });
  return { nameservers: reader.texts('nameservers'), searches: reader.texts('searches'), options };
}

function readHostAlias(reader: ObjectReader): HostAlias {
  return { ip: reader.text('ip') ?? '', hostnames: reader.texts('hostnames') };
}

/** A term of `matchExpressions` only; `matchFields` can only name the node (`metadata.name`), which the model reads as such a label. */
function readNodeTerms(spec: ObjectReader): PodSpec['requiredNodeTerms'] {
  const required = spec.object('affinity')?.object('nodeAffinity')?.object('requiredDuringSchedulingIgnoredDuringExecution');
  if (!required) return NO_TERMS;
  return required
    .objects('nodeSelectorTerms')
    .map((term): readonly LabelRequirement[] => [
      ...term.objects('matchExpressions').flatMap(readNodeRequirement),
      ...term.objects('matchFields').flatMap(readNodeRequirement),
    ]);
}

/** `Gt` and `Lt`, which only node affinity knows, are not modelled: they are reported and read as "the label exists". */
function readNodeRequirement(reader: ObjectReader): readonly LabelRequirement[] {
  const operator = reader.raw('operator');
  if (operator !== 'Gt' && operator !== 'Lt') return readRequirement(reader);
  reader.warn('not-modelled', 'operator', `\`${operator}\` is read as \`Exists\``);
  return [{ key: reader.text('key') ?? '', operator: 'Exists', values: [] }];
}

function readToleration(reader: ObjectReader): Toleration {
  return {
    key: reader.filledText('key'),
    operator: reader.oneOf('operator', ['Exists', 'Equal'] as const) ?? 'Equal',
    value: reader.text('value') ?? '',
    effect: reader.filledText('effect'),
  };
}
