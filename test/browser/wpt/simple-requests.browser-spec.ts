import { describe, expect, it } from '@jest/globals';
import { onBothAdapters } from './lab.js';
import { UNREADABLE, told } from './page.js';

const SIMPLE_HEADERS: readonly Readonly<Record<string, string>>[] = [
  { Accept: 'test' },
  { 'accept-language': 'test' },
  { 'CONTENT-language': 'test' },
  { 'Content-Type': 'application/x-www-form-urlencoded' },
  { 'content-type': 'multipart/form-data' },
  { 'content-type': 'text/plain' },
  {
    accept: 'test',
    'accept-language': 'test',
    'content-language': 'test',
    'content-type': 'text/plain; parameter=whatever',
  },
];

/** Client hints that a server may have asked for; they are safelisted while their values are well-formed. */
const CLIENT_HINTS: Readonly<Record<string, string>> = {
  'save-data': 'on',
  'device-memory': '2.0',
  dpr: '3.0',
  width: '1200',
  'viewport-width': '1300',
  rtt: '1',
  downlink: '1.0',
  ect: '2g',
};

const METHODS = ['GET', 'HEAD', 'POST'];

const SAFE_VALUES: readonly (readonly [string, string])[] = [
  ['content-type', 'text/plain;'],
  ['content-type', 'text/plain;garbage'],
  ['content-type', 'multipart/form-data'],
  ['range', 'bytes=100-200'],
  ['range', 'bytes=200-'],
];

const UNSAFE_VALUES: readonly (readonly [string, string])[] = [
  ...[
    'text /plain',
    'text\t/\tplain',
    'text/plain;garbage\u0001\u0002',
    'text/plain,',
    ',text/plain',
    'text/plain,text/plain',
    'text/plain,x/x',
    'text/plain\v',
    'text/plain\f',
    'application/www-form-urlencoded',
    'application/x-www-form-urlencoded;\u007F',
    'multipart/form-data;"',
  ].map((value) => ['content-type', value] as const),
  ...[
    '100-200',
    'MB=100-200',
    'bytes =100-200',
    'bytes=  100-200',
    'bytes=\t\t100-200',
    'bytes=100 -200',
    'bytes=100- 200',
    'bytes=100-200hello',
    'bytes=abc-def',
    'bytes=100-200,300-400',
    'bytes=-200',
    'bytes=200-100',
    `bytes=1${'0'.repeat(60)}-2${'0'.repeat(60)}`,
    'bytes 100-200',
    ',bytes=100-200',
    'bytes=,100-200',
    'BYTES=100-200',
    'bytes=+0-100',
    'bytes=0--1',
    'bytes\f=100-200',
    'bytes=100-200\f',
    'bytes\t=100-200',
    'bytes= \t100-200',
    'bytes=100\t-200',
    'bytes=100-\t200',
    'bytes = 100-200',
    'Bytes=100-200',
    'bytes=0-+100',
    'bytes=+5-',
    'bytes=\f100-200',
    'bytes=100\f-200',
    'bytes=100-\f200',
  ].map((value) => ['range', value] as const),
];

/** Fastify has no parser for forms with parts: it answers 415 before the handler, which a script may read as well. */
function bodyStatus(type: string | undefined, method: string): readonly number[] {
  return type === 'multipart/form-data' && method === 'POST' ? [200, 415] : [200];
}

onBothAdapters(
  ({ page }) => ({
    star: { origin: '*' },
    // Names nothing that a script may send: whatever needs a permission is refused.
    bare: { origin: page, allowedHeaders: [] },
  }),
  (lab) => {
    describe.each([
      ['cors/simple-requests.htm', SIMPLE_HEADERS],
      ['cors/simple-requests-ch.tentative.htm', [CLIENT_HINTS]],
    ])('%s', (_file, sets) => {
      const cases = sets.flatMap((headers) => METHODS.map((method) => [method, headers] as const));

      it.each(cases)('%s with %j: needs no preflight', async (method, headers) => {
        const body = method === 'POST' ? 'data' : undefined;
        const asked = { method, headers, ...(body === undefined ? {} : { body }) };
        const outcome = await lab.send('remote', 'bare', asked);
        expect(lab.methods).toEqual([method]);
        expect(outcome.readable).toBe(true);
        expect(bodyStatus(headers['content-type'], method)).toContain(outcome.status);
        if (outcome.status === 200) {
          expect(method === 'HEAD' ? outcome.body : told(outcome).method).toBe(method === 'HEAD' ? '' : method);
        }
      });
    });

    it.each([
      ['Get', 'GET'],
      ['post', 'POST'],
    ])('cors/simple-requests.htm: takes the method %s as %s', async (written, method) => {
      const outcome = await lab.send('remote', 'bare', { method: written, headers: { 'content-type': 'text/plain' } });
      expect(told(outcome).method).toBe(method);
      expect(lab.methods).toEqual([method]);
    });

    describe('fetch/api/cors/cors-no-preflight.any.js', () => {
      it.each([
        ['GET', 'remote', {}],
        ['GET', 'port', {}],
        ['GET', 'remotePort', {}],
        ['GET', 'remoteSecure', {}],
        ['GET', 'secure', {}],
        ['POST', 'remote', {}],
        ['HEAD', 'remote', {}],
        ['GET', 'remote', { Accept: '*/*' }],
        ['GET', 'remote', { 'Accept-Language': 'fr' }],
        ['GET', 'remote', { 'Content-Language': 'fr' }],
        ['GET', 'remote', { 'Content-Type': 'application/x-www-form-urlencoded' }],
        ['GET', 'remote', { 'Content-Type': 'multipart/form-data' }],
        ['GET', 'remote', { 'Content-Type': 'text/plain' }],
        ['GET', 'remote', { 'Content-Type': 'text/plain;charset=utf-8' }],
        ['GET', 'remote', { 'Content-Type': 'Text/Plain;charset=utf-8' }],
      ] as const)('%s to %s with %j: is answered without a preflight', async (method, at, headers) => {
        expect(await lab.fetch(at, 'bare', { method, headers })).toMatchObject({
          type: 'cors',
          status: 200,
        });
        expect(lab.methods).toEqual([method]);
      });
    });

    describe('cors/cors-safelisted-request-header.any.js', () => {
      const post = (name: string, value: string) => ({ method: 'POST', headers: { [name]: value }, body: 'data' });

      it.each(SAFE_VALUES)('%s: %j: needs no preflight', async (name, value) => {
        const { status, readable } = await lab.fetch('remote', 'bare', post(name, value));
        expect(readable).toBe(true);
        expect(bodyStatus(value, 'POST')).toContain(status);
        expect(lab.methods).toEqual(['POST']);
      });

      it.each(UNSAFE_VALUES)('preflight for %s: %j: is refused', async (name, value) => {
        expect(await lab.fetch('remote', 'bare', post(name, value))).toEqual(UNREADABLE);
        expect(lab.methods).toEqual(['OPTIONS']);
        expect(lab.last).toMatchObject({ status: 403, headers: { 'access-control-request-headers': name } });
      });
    });
  },
);
