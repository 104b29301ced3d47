/** What a name below a served zone asks for, read from the right (coredns `plugin/kubernetes/parse.go`). */
export type NameRequest =
  /** The zone itself, `svc`, `pod`, or a namespace below them: the name exists and has no records. */
  | { readonly kind: 'container'; readonly namespace: string | undefined }
  | { readonly kind: 'pod'; readonly namespace: string; readonly pod: string }
  | ServiceRequest
  | ZonalRequest
  | { readonly kind: 'invalid'; readonly why: string };

/** A service, perhaps one endpoint or one port of it. Empty text stands for "any". */
export interface ServiceRequest {
  readonly kind: 'service';
  readonly namespace: string;
  readonly service: string;
  readonly endpoint: string;
  /** The cluster of the clusterset that has the endpoint (KEP-1645). */
  readonly cluster: string;
  readonly port: string;
  readonly protocol: string;
}

/** The endpoints of a headless service in one topology zone (coredns#8388): `pin` that zone alone, `prefer` any when it has none. */
export interface ZonalRequest {
  readonly kind: 'zonal';
  readonly namespace: string;
  readonly service: string;
  readonly directive: string;
  /** Lower case; may contain dots. */
  readonly zone: string;
}

/** What names may look like in a zone. */
export interface Grammar {
  readonly multicluster: boolean;
  readonly zonal: boolean;
}

/** The leading underscore of `_port` and `_protocol` is optional. */
function withoutUnderscore(label: string): string {
  return label.startsWith('_') ? label.slice(1) : label;
}

/**
 * Reads what is left of the zone: `[<endpoint> | <port>.<protocol>].<service>.<namespace>.svc` or `<pod>.<namespace>.pod`.
 * @param labels lower-case labels between the start of the name and the zone
 * @param multicluster in zones of the clusterset two labels without underscores are an endpoint and its cluster
 * @param zonal the server has the option `zonal`: `<topology zone>.<directive>._zone.<service>.<namespace>.svc` means something too
 */
export function parseNameRequest(labels: readonly string[], { multicluster, zonal }: Grammar): NameRequest {
  const count = labels.length;
  const [kind, namespace, service] = [labels[count - 1], labels[count - 2], labels[count - 3]];
  const [last, beforeLast] = [labels[count - 4], labels[count - 5]];
  const isLonger = count > 5;
  if (kind === undefined) return { kind: 'container', namespace: undefined };
  if (kind !== 'svc' && kind !== 'pod') return { kind: 'invalid', why: `\`${kind}\` is neither \`svc\` nor \`pod\`` };
  if (namespace === undefined || service === undefined) return { kind: 'container', namespace };
  if (zonal && !multicluster && kind === 'svc' && last === '_zone' && beforeLast !== undefined && isLonger)
    return { kind: 'zonal', namespace, service, directive: beforeLast, zone: labels.slice(0, -5).join('.') };
  if (isLonger) return { kind: 'invalid', why: `it has ${labels.length} labels below the zone, at most 5 mean something` };
  // CoreDNS looks no further than the pod's own label: further labels are ignored.
  if (kind === 'pod') return { kind: 'pod', namespace, pod: service };
  const of = (endpoint: string, cluster: string, port: string, protocol: string): ServiceRequest => ({
    kind: 'service',
    namespace,
    service,
    endpoint,
    cluster,
    port,
    protocol,
  });
  if (last === undefined) return of('', '', '', '');
  if (beforeLast === undefined) return of(last, '', '', '');
  if (multicluster && !last.startsWith('_') && !beforeLast.startsWith('_')) return of(beforeLast, last, '', '');
  return of('', '', withoutUnderscore(beforeLast), withoutUnderscore(last));
}
