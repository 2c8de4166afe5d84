import { Inject, Injectable } from '@nestjs/common';
import { CorsPolicyRegistry } from './cors.policy-registry.js';
import { DecisionChannel } from './diagnostics/decision-channel.js';
import { DecisionLog } from './diagnostics/decision-log.js';
import { DecisionObservers } from './diagnostics/decision-observers.js';

/** Everyone who is told of decisions about real requests: the log, the `diagnostics_channel`, and whoever is added. */
@Injectable()
export class CorsDecisions extends DecisionObservers {
  constructor(@Inject(CorsPolicyRegistry) registry: CorsPolicyRegistry) {
    super([new DecisionLog(registry.catalog.logging), new DecisionChannel()]);
  }
}
