import { describe, expect, it } from '@jest/globals';
import {
  type BrowserNetworkError,
  type BrowserResponse,
  corsMatchers,
} from '../../../lib/entry-points/testing/index.js';

const exchanges: BrowserResponse['exchanges'] = [
  {
    kind: 'preflight',
    request: { method: 'OPTIONS', url: 'http://127.0.0.1:1/orders', headers: [] },
    response: { status: 403, statusText: 'Forbidden', headers: [['Vary', 'Origin']] },
  },
];

const blocked: BrowserNetworkError = {
  kind: 'network-error',
  step: 'preflight-origin',
  message: 'has been blocked by CORS policy',
  readable: false,
  exchanges,
  preflight: 'sent',
  expectReadable: () => {
    throw new Error('blocked');
  },
};

const readable = {
  kind: 'response',
  type: 'cors',
  status: 200,
  readable: true,
  headers: new Headers({ 'content-type': 'text/plain' }),
  exchanges,
} as unknown as BrowserResponse;

describe('corsMatchers', () => {
  it('blocked fetch: say where and why, and what was exchanged', () => {
    const { pass, message } = corsMatchers.toBeReadable(blocked);
    expect(pass).toBe(false);
    expect(message()).toContain('Expected the fetch to be readable.');
    expect(message()).toContain("It was blocked at 'preflight-origin': has been blocked by CORS policy");
    expect(message()).toContain('preflight: OPTIONS http://127.0.0.1:1/orders -> 403\n      Vary: Origin');
  });

  it('fetch expected to be blocked: say what the response has', () => {
    const { pass, message } = corsMatchers.toBeBlockedAt(readable, 'cors-check-origin');
    expect(pass).toBe(false);
    expect(message()).toContain("to be blocked at 'cors-check-origin'");
    expect(message()).toContain('It is readable: cors, status 200, with the headers content-type');
  });

  it('expected step: is compared, and any passes where none is given', () => {
    expect(corsMatchers.toBeBlockedAt(blocked, 'preflight-status').pass).toBe(false);
    expect(corsMatchers.toBeBlockedAt(blocked, 'preflight-origin').pass).toBe(true);
    expect(corsMatchers.toBeBlockedAt(blocked).pass).toBe(true);
    expect(() => corsMatchers.toBeBlockedAt(blocked, 'preflight' as never)).toThrow("'preflight' is not a step");
  });

  it('exposed headers: are found in any case, and reported when one should not be there', () => {
    expect(corsMatchers.toExposeHeader(readable, 'Content-Type').pass).toBe(true);
    expect(corsMatchers.toExposeHeader(readable, 'X-Total').pass).toBe(false);
    expect(corsMatchers.toExposeHeader(blocked, 'Content-Type').pass).toBe(false);
    expect(corsMatchers.toExposeHeader(readable, 'Content-Type').message()).toContain('not to expose the header');
  });

  it('forgotten await: say so', () => {
    expect(() => corsMatchers.toBeReadable(Promise.resolve(readable))).toThrow('this is a promise: await it');
    expect(() => corsMatchers.toBeReadable(undefined)).toThrow('takes what TestBrowser.fetch() resolves to');
  });
});
