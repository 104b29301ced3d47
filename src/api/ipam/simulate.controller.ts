import { Controller } from '@nestjs/common';
import { SimulateAllocator } from '../../application/ipam/simulate.js';
import { Handles, Input, type InputOf } from '../http/endpoint.js';
import { orThrow } from '../http/or-throw.js';
import {
  SIMULATE,
  SIMULATE_CALICO,
  SIMULATE_CALICO_BLOCK,
  SIMULATE_CILIUM,
  SIMULATE_HOST_LOCAL,
  SIMULATE_LOAD_BALANCERS,
  SIMULATE_NUMBERS,
  SIMULATE_PREFIX,
  SIMULATE_WEAVE,
  SIMULATE_WEAVE_RING,
} from './simulation-endpoints.js';

/** Allocators to try things on. */
@Controller()
export class SimulateController {
  constructor(private readonly simulation: SimulateAllocator) {}

  @Handles(SIMULATE)
  async simulate(@Input() { body }: InputOf<typeof SIMULATE>): Promise<object> {
    return { steps: orThrow(await this.simulation.run(body.world, body.operations)) };
  }

  @Handles(SIMULATE_CALICO)
  async calico(@Input() { body }: InputOf<typeof SIMULATE_CALICO>): Promise<object> {
    return { steps: orThrow(await this.simulation.calico(body.world, body.operations)) };
  }

  @Handles(SIMULATE_CALICO_BLOCK)
  async calicoBlock(@Input() { body }: InputOf<typeof SIMULATE_CALICO_BLOCK>): Promise<object> {
    return { steps: orThrow(await this.simulation.calicoBlock(body.world, body.operations)) };
  }

  @Handles(SIMULATE_HOST_LOCAL)
  async hostLocal(@Input() { body }: InputOf<typeof SIMULATE_HOST_LOCAL>): Promise<object> {
    return { steps: orThrow(await this.simulation.hostLocal(body.world, body.operations)) };
  }

  @Handles(SIMULATE_PREFIX)
  async prefix(@Input() { body }: InputOf<typeof SIMULATE_PREFIX>): Promise<object> {
    return { steps: orThrow(await this.simulation.prefix(body.world, body.operations)) };
  }

  @Handles(SIMULATE_LOAD_BALANCERS)
  async loadBalancers(@Input() { body }: InputOf<typeof SIMULATE_LOAD_BALANCERS>): Promise<object> {
    return { steps: orThrow(await this.simulation.loadBalancers(body.world, body.operations)) };
  }

  @Handles(SIMULATE_CILIUM)
  async ciliumPools(@Input() { body }: InputOf<typeof SIMULATE_CILIUM>): Promise<object> {
    return { steps: orThrow(await this.simulation.ciliumPools(body.world, body.operations)) };
  }

  @Handles(SIMULATE_WEAVE)
  async weave(@Input() { body }: InputOf<typeof SIMULATE_WEAVE>): Promise<object> {
    return { steps: orThrow(await this.simulation.weave(body.world, body.operations)) };
  }

  @Handles(SIMULATE_WEAVE_RING)
  async weaveRing(@Input() { body }: InputOf<typeof SIMULATE_WEAVE_RING>): Promise<object> {
    return { steps: orThrow(await this.simulation.weaveRing(body.world, body.operations)) };
  }

  @Handles(SIMULATE_NUMBERS)
  async numbers(@Input() { body }: InputOf<typeof SIMULATE_NUMBERS>): Promise<object> {
    return { steps: orThrow(await this.simulation.numbers(body.world, body.operations)) };
  }
}
