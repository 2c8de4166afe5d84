import { IncomingMessage, ServerResponse, createServer } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { varyByOrigin } from '../../lib/request/actual-response.js';
import { completeOnWrite, completionOf } from '../../lib/request/header-interception.js';
import type { HeaderCompletion, ResponseHeaders } from '../../lib/request/response-headers.js';
import { close, listen } from '../support/listening.js';

type Answer = (response: ServerResponse) => void;

/** Removes a header, replaces another, and completes `Vary`. */
const completion: HeaderCompletion = {
  complete(headers: ResponseHeaders) {
    headers.remove('X-Foreign');
    headers.set('X-Ours', headers.names().join(' '));
    varyByOrigin(headers);
  },
};

/** The header lines that a server sends whose responses have the completion. */
async function sent(answer: Answer, completed: HeaderCompletion | 'none' = completion) {
  const server = createServer((_request, response) => {
    response.sendDate = false;
    completeOnWrite(response, completion);
    completeOnWrite(response, completed === 'none' ? undefined : completed);
    answer(response);
  });
  const port = await listen(server);
  try {
    const response = await fetch(`http://127.0.0.1:${port}/`);
    await response.text();
    return response;
  } finally {
    await close(server);
  }
}

const shared = Object.freeze({ 'X-Answer': '42', 'x-FOREIGN': 'gone' });

const answers: readonly [name: string, answer: Answer, vary: string, given?: string][] = [
  ['end()', (response) => response.end(), 'Origin'],
  ['write()', (response) => void response.write('text', () => response.end()), 'Origin'],
  ['flushHeaders()', (response) => (response.flushHeaders(), response.end()), 'Origin'],
  ['writeHead(status)', (response) => response.writeHead(200).end(), 'Origin'],
  ['writeHead(status, object)', (response) => response.writeHead(200, shared).end(), 'Origin', '42'],
  ['writeHead(status, empty object)', (response) => response.writeHead(200, {}).end(), 'Origin'],
  [
    'writeHead(status, object), with headers on the response',
    (response) => response.setHeader('X-Early', '1').writeHead(200, shared).end(),
    'Origin',
    '42',
  ],
  ['writeHead(status, reason, object)', (response) => response.writeHead(200, 'Fine', shared).end(), 'Origin', '42'],
  [
    'writeHead(status, list)',
    (response) => response.writeHead(200, ['X-Answer', '42', 'X-Foreign', '1']).end(),
    'Origin',
    '42',
  ],
  [
    'writeHead(status, pairs)',
    (response) =>
      response
        .writeHead(200, [
          ['X-Answer', '42'],
          ['x-foreign', '1'],
        ] as unknown as string[])
        .end(),
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
    'writeHead() with Vary in several lines',
    (response) => response.writeHead(200, ['Vary', 'Origin', 'X-Answer', '42', 'vary', 'Accept']).end(),
    'Origin, Accept',
    '42',
  ],
  [
    'Vary in several lines on the response',
    (response) => response.setHeader('Vary', ['Accept', 'Origin']).end(),
    'Accept, Origin',
  ],
  [
    'writeHead() with another Vary than the response has',
    (response) => response.setHeader('Vary', 'Cookie').writeHead(200, { Vary: 'Accept' }).end(),
    'Accept, Origin',
  ],
  ['Vary that names everything', (response) => response.setHeader('Vary', '*').end(), '*'],
];

describe('header interception › response headers are written', () => {
  it.each(answers)(
    'any call that writes them: completes them beside its arguments: %s',
    async (_name, answer, vary, given = '') => {
      const { status, headers } = await sent(answer);
      expect([status, headers.get('vary'), headers.get('x-answer') ?? '']).toEqual([200, vary, given]);
      expect(headers.has('x-foreign')).toBe(false);
      expect(headers.has('x-ours')).toBe(true);
    },
  );

  it.each(answers)('completion removed before: leaves them unchanged: %s', async (_name, answer) => {
    const server = await sent(answer, 'none');
    expect(server.headers.has('x-ours')).toBe(false);
  });

  it('value that looks like a header name: stays', async () => {
    const { headers } = await sent((response) =>
      response.writeHead(200, ['X-Tags', ['a', 'X-Foreign', 'b'], 'X-After', 'yes'] as never).end(),
    );
    expect([headers.get('x-tags'), headers.get('x-after')]).toEqual(['a, X-Foreign, b', 'yes']);
  });

  it('refused arguments: throws the error of Node.js, and completes the next attempt', async () => {
    const errors: unknown[] = [];
    const { status, headers } = await sent((response) => {
      for (const given of [['X-Odd'], { 'X-Bad': 'a\nb' }, [['X Bad', '1']]]) {
        try {
          response.writeHead(200, given as never);
        } catch (error) {
          errors.push((error as { code: unknown }).code);
        }
      }
      response.writeHead(500, { 'X-Answer': '42' }).end();
    });
    expect(errors).toEqual(['ERR_INVALID_ARG_VALUE', 'ERR_INVALID_CHAR', 'ERR_INVALID_HTTP_TOKEN']);
    expect([status, headers.get('vary'), headers.get('x-answer')]).toEqual([500, 'Origin', '42']);
  });

  it('getHeader() afterwards: reads them where Node.js does', async () => {
    let read: unknown;
    await sent((response) => {
      response.end();
      read = [response.getHeader('Vary'), response.getHeader('X-Ours')];
    });
    expect(read).toEqual(['Origin', '']);
  });

  it.each<[change: string, change: (response: ServerResponse) => ServerResponse]>([
    [
      'another prototype',
      (response) =>
        Object.setPrototypeOf(response, Object.create(ServerResponse.prototype) as object) as ServerResponse,
    ],
    [
      'a writeHead() of its own',
      (response) =>
        Object.assign(response, {
          writeHead: (...head: [number]) => ServerResponse.prototype.writeHead.apply(response, head),
        }),
    ],
    ['a setHeader() that does nothing', (response) => Object.assign(response, { setHeader: () => response })],
  ])('methods of the response replaced: completes them: %s', async (_change, change) => {
    const { headers } = await sent((response) => change(response).writeHead(200, { 'X-Answer': '42' }).end());
    expect([headers.get('vary'), headers.get('x-answer')]).toEqual(['Origin', '42']);
  });

  it('several completions: runs the last one only', () => {
    const response = new ServerResponse(new IncomingMessage(undefined as never));
    expect(completionOf(response)).toBeUndefined();
    completeOnWrite(response, { complete: () => {} });
    completeOnWrite(response, completion);
    expect(completionOf(response)).toBe(completion);
  });

  it('completion: is forgotten when the headers are written, and not before', async () => {
    let before: HeaderCompletion | undefined;
    let after: HeaderCompletion | undefined = completion;
    await sent((response) => {
      expect(() => response.writeHead(200, { 'X-Invalid': 'line\nline' })).toThrow('Invalid character');
      before = completionOf(response);
      response.writeHead(200, { 'X-Answer': '42' });
      after = completionOf(response);
      response.end();
    });
    expect([before, after]).toEqual([completion, undefined]);
  });

  it.each([[{}], [{ setHeader() {} }], [undefined]])('no response: is ignored: %p', (other) => {
    expect(completeOnWrite(other as never, completion)).toBe(false);
    expect(completionOf(other as never)).toBeUndefined();
  });
});
