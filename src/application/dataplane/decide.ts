import { encapsulationDecision, encapsulationTo } from '../../core/dataplane/encapsulation.js';
import { masqueradeDecision, nonMasqueradeCIDRs } from '../../core/dataplane/masquerade.js';
import { fitsUnderlay, podMtu, podMtuOfEnabled } from '../../core/dataplane/pod-mtu.js';
import { assertNever } from '../../core/kernel/assert-never.js';
import type { Problem } from '../../core/kernel/problem.js';
import { ok, type Result } from '../../core/kernel/result.js';
import { formatCidr } from '../../core/net/cidr.js';
import { formatIp } from '../../core/net/ip.js';
import type { DecisionAsked, DecisionMade } from './decision-input.js';

/** A rule of the data plane by itself: no cluster is asked. Fails with `invalid-request`. */
export function decide(asked: DecisionAsked): Result<DecisionMade, Problem> {
  switch (asked.decision) {
    case 'podMtu': {
      const { decision, cni, mode, underlayFamily, hostMtu, ...options } = asked;
      const mtu = podMtu({ cni, mode, underlayFamily, hostMtu, options });
      return mtu.ok ? ok({ decision, ...mtu.value, warnings: [...mtu.value.warnings] }) : mtu;
    }
    case 'podMtuOfEnabled': {
      const mtu = podMtuOfEnabled(asked);
      return mtu.ok ? ok({ decision: asked.decision, podMtu: mtu.value.podMtu, warnings: [...mtu.value.warnings] }) : mtu;
    }
    case 'fitsUnderlay':
      return ok({ decision: asked.decision, fits: fitsUnderlay(asked.podMtu, asked.overhead, asked.underlayMtu) });
    case 'encapsulation':
      return ok({ decision: asked.decision, ...encapsulationDecision(asked.mode, { ...asked, localSubnet: asked.localSubnet }) });
    case 'encapsulationTo':
      return ok({ decision: asked.decision, pool: encapsulationTo(asked.pools, asked.destination) ?? null });
    case 'masquerade': {
      const { masquerade, rule, why, address } = masqueradeDecision(asked.by, asked);
      return ok({ decision: asked.decision, masquerade, rule, why, address: address ? formatIp(address) : null });
    }
    case 'nonMasqueradeCIDRs': {
      const cidrs = nonMasqueradeCIDRs(asked.settings, asked.allReservedRanges);
      return ok({ decision: asked.decision, cidrs: cidrs.map(formatCidr) });
    }
    default:
      return assertNever(asked);
  }
}
