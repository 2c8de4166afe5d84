import type { ServerResponse } from 'node:http';
import type { OnModuleDestroy } from '@nestjs/common';
import type { ActualEvaluation } from '../request/evaluator.js';
import type { IncomingRequest } from '../request/incoming-request.js';
import type { OpenConnectionCount, OpenConnections } from './open-connections.js';

/** The event streams (`text/event-stream`) that are open, each with the origin that may read it. */
export class EventStreams implements OnModuleDestroy {
  /** What removes an open stream. Headers may be written a second time, where the first attempt has thrown. */
  private readonly removals = new WeakMap<ServerResponse, () => void>();

  constructor(private readonly connections: OpenConnections) {}

  /** The open streams by policy, origin and tenant. */
  get counts(): readonly OpenConnectionCount[] {
    return this.connections.counts;
  }

  onModuleDestroy(): void {
    this.connections.onModuleDestroy();
  }

  /** Watches a stream whose headers are being written, and whose origin every policy in force has allowed. */
  open(
    { response, origin }: IncomingRequest,
    { decision, alternative, match, requestLookups }: ActualEvaluation,
  ): void {
    if (origin === undefined || response.destroyed) {
      return;
    }
    const policies = new Set(
      [decision.policy, alternative, match?.route.policy].filter((policy) => policy !== undefined),
    );
    const removals = Array.from(policies, (policy) =>
      this.connections.add({
        policy,
        origin,
        tenant: requestLookups?.tenantUnder(policy),
        // As when the client disconnects, which every handler of a stream expects.
        close: () => response.destroy(),
      }),
    );
    this.removals.get(response)?.();
    if (!this.removals.has(response)) {
      response.once('close', () => this.removals.get(response)?.());
    }
    this.removals.set(response, () => removals.forEach((remove) => remove()));
  }
}
