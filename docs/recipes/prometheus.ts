import { subscribe } from 'node:diagnostics_channel';
import { CORS_DECISION_CHANNEL, type CorsDecisionEvent } from 'nestjs-cors/diagnostics';
import { Counter, type Registry } from 'prom-client';

/** Counts decisions by route and reason. Origins are no labels: whoever invents them would fill the memory. */
export function countCorsDecisions(registry: Registry): void {
  const decisions = new Counter({
    name: 'cors_decisions_total',
    help: 'CORS decisions by kind, route and reason',
    labelNames: ['kind', 'route', 'reason'],
    registers: [registry],
  });
  subscribe(CORS_DECISION_CHANNEL, (message) => {
    const { kind, route = 'unrouted', reason } = message as CorsDecisionEvent;
    decisions.inc({ kind, route, reason });
  });
}
