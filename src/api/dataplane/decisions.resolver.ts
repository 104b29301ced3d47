import { Args, Query, Resolver } from '@nestjs/graphql';
import { decide } from '../../application/dataplane/decide.js';
import { decisionInput } from '../../application/dataplane/decision-input.js';
import { Requires } from '../http/access.js';
import { orThrow } from '../http/or-throw.js';
import { parseInput } from '../../application/input/parse-input.js';

/** Rules of the data plane, to try values on. */
@Resolver()
export class DecisionsResolver {
  @Query()
  @Requires({ role: 'viewer', reach: 'own' })
  dataplaneDecision(@Args('asked') asked: unknown): object {
    return orThrow(decide(orThrow(parseInput(decisionInput, asked))));
  }
}
