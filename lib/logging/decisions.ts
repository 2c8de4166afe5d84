import { Inject, Injectable } from '@nestjs/common';
import { CorsPolicyRegistry } from '../routing/policy-registry.js';
import { DecisionChannel } from './decision-channel.js';
import { DecisionLog } from './decision-log.js';
import { DecisionObservers } from './decision-observers.js';

/** Everyone who is told of decisions about real requests: the log, the `diagnostics_channel`, and whoever is added. */
@Injectable()
export class CorsDecisions extends DecisionObservers {
  constructor(@Inject(CorsPolicyRegistry) registry: CorsPolicyRegistry) {
    super([new DecisionLog(registry.catalog.logging), new DecisionChannel()]);
  }
}
