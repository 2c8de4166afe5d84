import { subscribe } from 'node:diagnostics_channel';
import { METHODS } from 'node:http';
import { metrics } from '@opentelemetry/api';
import { CORS_DECISION_CHANNEL, type CorsDecisionEvent } from 'nestjs-cors/diagnostics';

/** Counts decisions by route and reason. Call it when the application's meter provider is registered. */
export function countCorsDecisions(): void {
  const decisions = metrics.getMeter('nestjs-cors').createCounter('cors.decisions', {
    description: 'CORS decisions by kind, route and reason',
  });
  subscribe(CORS_DECISION_CHANNEL, (message) => {
    const { kind, method, route = 'unrouted', reason } = message as CorsDecisionEvent;
    decisions.add(1, {
      'cors.kind': kind,
      'cors.reason': reason,
      'http.route': route,
      // A preflight may ask for any token as method: only those that HTTP knows are few.
      'http.request.method': route !== 'unrouted' && METHODS.includes(method) ? method : '_OTHER',
    });
  });
}
