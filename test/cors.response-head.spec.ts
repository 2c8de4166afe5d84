import { IncomingMessage, ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { conclude } from '../lib/cors.conclusion.js';
import { writeState } from '../lib/cors.request-state.js';
import { finishHeadsOf, finishOf, finishOnWrite, finishUnder } from '../lib/cors.response-head.js';
import type { CompiledPolicy } from '../lib/policy/compiled-policy.js';
import { decideActual } from '../lib/protocol/actual-response.js';
import { listOf, policy } from './protocol/policies.js';

const listed: CompiledPolicy = policy({ origin: listOf('https://app.example') });
const constant: CompiledPolicy = policy({ origin: { kind: 'any' }, dependsOnOrigin: false });

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** What a server sends that judges each request under the policy, as the hook does, and then answers. */
async function sent(answer: Answer, under: CompiledPolicy = listed) {
  const server = createServer((request, response) => {
    const decision = decideActual(under, 'GET', undefined, 'no-origin');
    writeState(request, { decision, method: 'GET', origin: undefined, withheld: false, inquiry: undefined });
    finishOnWrite(response, request);
    answer(response, request);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  try {
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await response.text();
    return { status: response.status, statusText: response.statusText, headers: response.headers };
  } finally {
    server.close();
  }
}

const shared = Object.freeze({ 'X-Answer': '42' });

const answers: readonly [name: string, answer: Answer, vary: string, given?: string][] = [
  ['end()', (response) => response.end(), 'Origin'],
  ['write()', (response) => void response.write('text', () => response.end()), 'Origin'],
  ['writeHead(status)', (response) => response.writeHead(200).end(), 'Origin'],
  ['writeHead(status, object)', (response) => response.writeHead(200, shared).end(), 'Origin', '42'],
  [
    'writeHead(status, object), with headers on the response',
    (response) => response.setHeader('X-Early', '1').writeHead(200, shared).end(),
    'Origin',
    '42',
  ],
  ['writeHead(status, reason, object)', (response) => response.writeHead(200, 'Fine', shared).end(), 'Origin', '42'],
  ['writeHead(status, list)', (response) => response.writeHead(200, ['X-Answer', '42']).end(), 'Origin', '42'],
  [
    'writeHead(status, pairs)',
    (response) => response.writeHead(200, [['X-Answer', '42']] as unknown as string[]).end(),
    'Origin',
    '42',
  ],
  ['writeHead() with Vary', (response) => response.writeHead(200, { vary: 'Accept' }).end(), 'Accept, Origin'],
  [
    'writeHead() with Vary in a list',
    (response) => response.writeHead(200, ['Vary', 'Accept']).end(),
    'Accept, Origin',
  ],
  [
    'writeHead() with another Vary than the response has',
    (response) => response.setHeader('Vary', 'Cookie').writeHead(200, { Vary: 'Accept' }).end(),
    'Accept, Origin',
  ],
  ['Vary on the response', (response) => response.setHeader('Vary', 'Accept').end(), 'Accept, Origin'],
  ['Vary that names everything', (response) => response.setHeader('Vary', '*').end(), '*'],
];

describe('the head of a response', () => {
  it.each(answers)('names the origin in Vary, beside what it is given: %s', async (_name, answer, vary, given = '') => {
    const { status, headers } = await sent(answer);
    expect([status, headers.get('vary'), headers.get('x-answer') ?? '']).toEqual([200, vary, given]);
  });

  it.each(answers)(
    'is left as it is where the policy does not depend on the origin: %s',
    async (_name, answer, vary) => {
      const { headers } = await sent(answer, constant);
      expect(headers.get('vary')).toBe(vary === 'Origin' ? null : vary.replace(', Origin', ''));
    },
  );

  it('keeps what else writeHead() is given', async () => {
    const { statusText } = await sent((response) => response.writeHead(200, 'Fine', shared).end());
    expect(statusText).toBe('Fine');
    const cookies = ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2'];
    const { headers } = await sent((response) =>
      response.setHeader('Set-Cookie', 'old=1').writeHead(200, cookies).end(),
    );
    expect(headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  });

  it('cannot be written twice, as ever', async () => {
    let thrown: unknown;
    await sent((response) => {
      response.writeHead(200);
      try {
        response.writeHead(204, { 'X-Late': '1' });
      } catch (error) {
        thrown = error;
      }
      response.end();
    });
    expect(thrown).toMatchObject({ code: 'ERR_HTTP_HEADERS_SENT' });
  });

  it('goes through what others have put in the place of writeHead(), before and after', async () => {
    const seen: string[] = [];
    const watch = (response: ServerResponse, name: string) => {
      const { writeHead } = response;
      response.writeHead = function watched(this: ServerResponse, ...head: unknown[]) {
        seen.push(`${name}: ${String(this.getHeader('Vary'))}`);
        return Reflect.apply(writeHead, this, head) as ServerResponse;
      };
    };
    const request = new IncomingMessage(undefined as never);
    const response = new ServerResponse(request);
    watch(response, 'before');
    finishUnder(listed, response, request);
    watch(response, 'after');
    finishUnder(listed, response, request);
    response.writeHead(200);
    expect(seen).toEqual(['after: undefined', 'before: Origin']);
  });

  it('is finished where the response does not know its request, as some adapters for functions have it', () => {
    const request = new IncomingMessage(undefined as never);
    const response = new ServerResponse({ method: 'GET' } as IncomingMessage);
    finishUnder(listed, response, request);
    response.writeHead(200);
    expect(response.getHeader('Vary')).toBe('Origin');
  });

  it('is finished by the prototype of an application, without a property on the response', () => {
    const prototype = Object.create(ServerResponse.prototype) as ServerResponse;
    finishHeadsOf(prototype, 'as-decided');
    const { writeHead } = prototype;
    finishHeadsOf(prototype, 'as-decided');
    expect(prototype.writeHead).toBe(writeHead);
    const [request, stranger] = [new IncomingMessage(undefined as never), new IncomingMessage(undefined as never)];
    const responses = [request, stranger].map((each) => {
      const response = new ServerResponse(each);
      Object.setPrototypeOf(response, prototype);
      return response;
    });
    expect(finishOf(responses[0]!, 'vary')).toBe('as-decided');
    const names = Object.getOwnPropertyNames(responses[0]);
    finishUnder(listed, responses[0]!, request);
    expect(Object.getOwnPropertyNames(responses[0])).toEqual(names);
    responses.forEach((response) => response.writeHead(200));
    expect(responses.map((response) => response.getHeader('Vary'))).toEqual(['Origin', undefined]);
  });

  it('names the origin in Vary by the prototype alone where that is all there is to it', () => {
    const prototype = Object.create(ServerResponse.prototype) as ServerResponse;
    finishHeadsOf(prototype, 'vary');
    const response = new ServerResponse(new IncomingMessage(undefined as never));
    Object.setPrototypeOf(response, prototype);
    expect(finishOf(response, 'vary')).toBe('vary');
    expect(finishOf(response, 'as-decided')).toBeUndefined();
    response.setHeader('Vary', 'Accept');
    response.writeHead(200, 'Fine', { 'X-Answer': '42' });
    expect(response.getHeaders()).toEqual({ vary: 'Accept, Origin', 'x-answer': '42' });
    expect(response.statusMessage).toBe('Fine');
  });

  it('is finished for a response of its own where there is more to it than Vary', () => {
    const prototype = Object.create(ServerResponse.prototype) as ServerResponse;
    finishHeadsOf(prototype, 'vary');
    const request = new IncomingMessage(undefined as never);
    request.method = 'GET';
    const response = new ServerResponse(request);
    Object.setPrototypeOf(response, prototype);
    const decision = decideActual(listed, 'GET', 'https://stranger.example', 'lookup-timed-out');
    const state = { decision, method: 'GET', origin: 'https://stranger.example', withheld: true, inquiry: undefined };
    conclude(request, response, state, 'vary');
    response.setHeader('ETag', '"1"').writeHead(200);
    expect(finishOf(response, 'vary')).toBe('vary');
    expect(response.getHeaders()).toEqual({ vary: 'Origin', 'cache-control': 'no-store' });
  });

  it.each([[undefined], [null], [{}], ['response']])('is nobody else to finish: %p', (other) => {
    expect(() => finishHeadsOf(other, 'vary')).not.toThrow();
  });
});
