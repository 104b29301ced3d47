import { compareText } from '../../core/kernel/compare.js';
import type { Understanding } from '../../core/kernel/diagnostic.js';
import { type ObjectRef, qualifiedName } from '../../core/kernel/object-ref.js';
import { formatIp } from '../../core/net/ip.js';
import type { Node } from '../../core/resources/node.js';
import type { Pod } from '../../core/resources/pod.js';
import type { UnderstoodResource } from '../../core/resources/understood-resource.js';
import type { DocumentPlace, LocatedDiagnostic, ObjectDocument } from '../../manifests/manifest-document.js';
import { type CrossCheck, type CrossFinding, placeOf } from './cross-finding.js';

interface SeenNode {
  readonly place: DocumentPlace;
  readonly understanding: Understanding;
  readonly ref: ObjectRef;
  readonly line: number;
  readonly addresses: readonly string[];
}

/** Pods of one node that name one host address. */
interface SeenPods {
  readonly first: string;
  count: number;
}

/**
 * Finds nodes whose addresses are not the ones their pods name as `status.hostIP`: a dump that was taken at two moments. Both are kept. Memory follows the
 * number of nodes, and of host addresses per node.
 */
export class HostAddresses implements CrossCheck {
  private readonly nodes = new Map<string, SeenNode>();
  private readonly pods = new Map<string, Map<string, SeenPods>>();

  /** Looks at one object on its way. */
  note(document: ObjectDocument, resource: UnderstoodResource | undefined, understanding: Understanding): void {
    if (resource?.kind === 'Node') this.noteNode(document, resource, understanding);
    else if (resource?.kind === 'Pod') this.notePod(resource);
  }

  /** One warning for each host address that its node does not have, by node. */
  findings(): readonly CrossFinding[] {
    const nodes = [...this.nodes.values()].sort((a, b) => compareText(a.ref.name, b.ref.name));
    return nodes.flatMap((node) => {
      if (node.addresses.length === 0) return [];
      const strangers = [...(this.pods.get(node.ref.name) ?? [])].filter(([ip]) => !node.addresses.includes(ip));
      return strangers.map(([ip, pods]) => ({
        place: node.place,
        understanding: node.understanding,
        object: node.ref,
        diagnostic: warning(node, ip, pods),
      }));
    });
  }

  private noteNode(document: ObjectDocument, { ref, addresses }: Node, understanding: Understanding): void {
    const texts = addresses.map(({ ip }) => formatIp(ip));
    const line = document.lineOf('/status/addresses');
    this.nodes.set(ref.name, { place: placeOf(document), understanding, ref, line, addresses: texts });
  }

  private notePod({ ref, spec, status }: Pod): void {
    if (!status?.hostIP || spec.nodeName === undefined || status.phase === 'Succeeded' || status.phase === 'Failed') return;
    const byAddress = this.pods.get(spec.nodeName) ?? new Map<string, SeenPods>();
    this.pods.set(spec.nodeName, byAddress);
    const ip = formatIp(status.hostIP);
    const seen = byAddress.get(ip);
    if (seen) seen.count++;
    else byAddress.set(ip, { first: qualifiedName(ref), count: 1 });
  }
}

function warning({ addresses, line }: SeenNode, ip: string, { first, count }: SeenPods): LocatedDiagnostic {
  const others = count === 1 ? '' : ` and ${count - 1} more`;
  const message = `the node has ${addresses.join(', ')}, but its pod \`${first}\`${others} was seen on \`${ip}\`; both are kept`;
  const hint = 'the dump was probably taken at two moments: take nodes and pods together';
  return { severity: 'warning', code: 'host-ip-differs', message, pointer: '/status/addresses', line, hint };
}
