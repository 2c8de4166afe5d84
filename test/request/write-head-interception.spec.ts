import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { StoredHeaders } from '../../lib/request/header-interception.js';
import type { HeaderCompletion } from '../../lib/request/response-headers.js';
import { completingWriteHead } from '../../lib/request/write-head-interception.js';

const completion: HeaderCompletion = {
  complete: (headers) => {
    headers.remove('access-control-allow-origin');
    headers.set('Vary', [...headers.lines('vary'), 'Origin'].join(', '));
  },
};
const closing: (() => void)[] = [];

afterEach(() => closing.splice(0).forEach((close) => close()));

/** The response to a request whose handler writes it with an intercepted `writeHead()`. */
async function written(write: (response: ServerResponse) => void, completed = true): Promise<Response> {
  const server = createServer((_request, response) => {
    const writeHead = completingWriteHead<ServerResponse>(
      response.writeHead as never,
      () => (completed ? completion : undefined),
      (each) => new StoredHeaders(each),
    );
    Object.assign(response, { writeHead });
    write(response);
  });
  closing.push(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
}

describe('a runtime that calls writeHead() for every response', () => {
  it.each<[string, (response: ServerResponse) => void]>([
    [
      'stored before',
      (response) => response.setHeader('Vary', 'Accept').setHeader('Access-Control-Allow-Origin', '*').end(),
    ],
    [
      'given as an object',
      (response) => response.writeHead(200, { Vary: 'Accept', 'Access-Control-Allow-Origin': '*' }).end(),
    ],
    ['given after a status message', (response) => response.writeHead(200, 'Fine', { vary: 'Accept' }).end()],
    ['given after no status message', (response) => response.writeHead(200, undefined, { vary: 'Accept' }).end()],
    [
      'given as a list',
      (response) => response.writeHead(200, ['Vary', 'Accept', 'access-control-allow-origin', '*']).end(),
    ],
    [
      'given in the place of stored ones',
      (response) => response.setHeader('vary', 'Cookie').writeHead(200, { Vary: 'Accept' }).end(),
    ],
  ])('headers that were %s: are completed', async (_name, write) => {
    const { headers } = await written(write);
    expect(headers.get('vary')).toBe('Accept, Origin');
    expect(headers.has('access-control-allow-origin')).toBe(false);
  });

  it('header with several lines: keeps each of them', async () => {
    const { headers } = await written((response) =>
      response.writeHead(200, ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2', 'Vary', 'Accept']).end(),
    );
    expect(headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  });

  it('status and status message: stay', async () => {
    const { status, statusText } = await written((response) => response.writeHead(418, 'Short', { a: 'b' }).end());
    expect([status, statusText]).toEqual([418, 'Short']);
  });

  it('response without a completion: is not changed', async () => {
    const { headers } = await written((response) => response.writeHead(200, { vary: 'Accept' }).end(), false);
    expect(headers.get('vary')).toBe('Accept');
  });

  it('headers after invalid ones, which throw: are completed', async () => {
    const { headers } = await written((response) => {
      expect(() => response.writeHead(200, { 'no name': 'x' })).toThrow(/no name/);
      response.writeHead(200, { vary: 'Accept' }).end();
    });
    expect(headers.get('vary')).toBe('Accept, Origin');
  });

  it('second call: throws as without the library', async () => {
    await written((response) => {
      response.writeHead(200, {});
      expect(() => response.writeHead(200, { vary: 'Accept' })).toThrow(/sent/);
      response.end();
    });
  });
});
