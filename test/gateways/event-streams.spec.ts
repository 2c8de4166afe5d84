import { EventEmitter } from 'node:events';
import { describe, expect, it, jest } from '@jest/globals';
import { EventStreams } from '../../lib/gateways/event-streams.js';
import type { OpenConnection, OpenConnections } from '../../lib/gateways/open-connections.js';
import type { ActualEvaluation } from '../../lib/request/evaluator.js';
import type { IncomingRequest } from '../../lib/request/incoming-request.js';
import { policy } from '../decision/policies.js';

const ORIGIN = 'https://a.example';

/** Streams, the connections that are open now, and a response. */
function staged() {
  const open = new Set<OpenConnection>();
  const registry = {
    add: (connection: OpenConnection) => {
      open.add(connection);
      return () => open.delete(connection);
    },
    onModuleDestroy: jest.fn(),
  };
  const response = Object.assign(new EventEmitter(), { destroyed: false, destroy: jest.fn() });
  const streams = new EventStreams(registry as unknown as OpenConnections);
  const request = { response, origin: ORIGIN } as unknown as IncomingRequest;
  return { streams, registry, open, response, request };
}

function evaluationOf(fields: object): ActualEvaluation {
  return { match: undefined, requestLookups: undefined, ...fields } as unknown as ActualEvaluation;
}

describe('event streams', () => {
  it('two policies that both have to allow: are open under both, and close once', () => {
    const { streams, open, response, request } = staged();
    const [ofPath, ofRoute] = [policy({ label: 'path' }), policy({ label: 'route' })];
    const requestLookups = { tenantUnder: (under: unknown) => (under === ofRoute ? 'acme' : undefined) };
    const match = { route: { policy: ofRoute } };
    streams.open(request, evaluationOf({ decision: { policy: ofPath }, alternative: ofPath, match, requestLookups }));
    expect([...open].map(({ policy: under, origin, tenant }) => [under.label, origin, tenant])).toEqual([
      ['path', ORIGIN, undefined],
      ['route', ORIGIN, 'acme'],
    ]);
    [...open][0]?.close();
    expect(response.destroy).toHaveBeenCalledTimes(1);
    response.emit('close');
    expect(open.size).toBe(0);
  });

  it('headers written a second time: are open under the last decision alone', () => {
    const { streams, open, response, request } = staged();
    streams.open(request, evaluationOf({ decision: { policy: policy({ label: 'first' }) } }));
    streams.open(request, evaluationOf({ decision: { policy: policy({ label: 'last' }) } }));
    expect([...open].map(({ policy: under }) => under.label)).toEqual(['last']);
    expect(response.listenerCount('close')).toBe(1);
    response.emit('close');
    expect(open.size).toBe(0);
  });

  it.each([{ origin: undefined }, { response: { destroyed: true } }])('%j: are not watched', (fields) => {
    const { streams, open, request } = staged();
    streams.open(
      { ...request, ...fields } as unknown as IncomingRequest,
      evaluationOf({ decision: { policy: policy() } }),
    );
    expect(open.size).toBe(0);
  });

  it('application that closes: end the checks', () => {
    const { streams, registry } = staged();
    streams.onModuleDestroy();
    expect(registry.onModuleDestroy).toHaveBeenCalledTimes(1);
  });
});
