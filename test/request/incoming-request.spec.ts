import { IncomingMessage, ServerResponse } from 'node:http';
import { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import { describe, expect, it } from '@jest/globals';
import { nodeRequest, nodeResponse, originOf } from '../../lib/request/incoming-request.js';

const headers = { origin: 'https://a.example' };

describe('originOf()', () => {
  it('Origin header: returns its value, and undefined for an empty or missing one', () => {
    expect(originOf(headers)).toBe('https://a.example');
    expect(originOf({ origin: '' })).toBeUndefined();
    expect(originOf({})).toBeUndefined();
  });
});

/** An object of the class, with a member that an application has put there. */
function having(prototype: object, raw: unknown): object {
  return Object.assign(Object.create(prototype) as object, { raw });
}

describe('nodeRequest() and nodeResponse()', () => {
  it.each([
    ['HTTP/1.1', IncomingMessage.prototype, ServerResponse.prototype],
    ['HTTP/2', Http2ServerRequest.prototype, Http2ServerResponse.prototype],
  ])('object of Node.js with a `raw` of its own (%s): returns the object itself', (_name, requests, responses) => {
    const [request, response] = [having(requests, 'body'), having(responses, {})];
    expect(nodeRequest(request)).toBe(request);
    expect(nodeResponse(response)).toBe(response);
  });

  it.each([
    ['HTTP/1.1', IncomingMessage.prototype, ServerResponse.prototype],
    ['HTTP/2', Http2ServerRequest.prototype, Http2ServerResponse.prototype],
    ['another server', {}, {}],
  ])('object of a framework around one of Node.js (%s): returns what is inside', (_name, requests, responses) => {
    const [request, response] = [Object.create(requests) as object, Object.create(responses) as object];
    expect(nodeRequest({ raw: request })).toBe(request);
    expect(nodeResponse({ raw: response })).toBe(response);
  });
});
