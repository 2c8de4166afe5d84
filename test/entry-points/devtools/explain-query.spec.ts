import { describe, expect, it } from '@jest/globals';
import { parseExplainQuery } from '../../../lib/entry-points/devtools/explain-query.js';

const valid = { method: 'GET', path: '/', origin: 'https://app.example.com' };

describe('parseExplainQuery', () => {
  it('request: is read', () => {
    const request = { ...valid, host: 'localhost:3000', headers: { 'If-Match': '"1"', 'x-é': 'é' }, credentials: true };
    const { 'x-é': _, ...headers } = request.headers;
    expect(parseExplainQuery(JSON.stringify({ ...request, headers }))).toEqual({ request: { ...request, headers } });
  });

  it.each([
    ['put', 'PUT'],
    ['delete', 'DELETE'],
    ['patch', 'patch'],
    ['Search', 'Search'],
  ])('method %s: is written as fetch() does: %s', (method, sent) => {
    expect(parseExplainQuery(JSON.stringify({ ...valid, method }))).toMatchObject({ request: { method: sent } });
  });

  it.each(['null', 'not an origin', '<img onerror=1>'])('origin %s: is explained, too', (origin) => {
    expect(parseExplainQuery(JSON.stringify({ ...valid, origin }))).toMatchObject({ request: { origin } });
  });

  it.each([null, '', '[]', '"x"', '{', 'null'])('%s instead of an object: is refused', (json) => {
    expect(parseExplainQuery(json).problems).toEqual([
      { field: 'request', message: expect.stringContaining('holds no JSON object') },
    ]);
  });

  it.each([
    ['method', 'P T'],
    ['method', ''],
    ['method', 1],
    ['path', 'orders'],
    ['path', '/a b'],
    ['path', '/a#b'],
    ['path', '/é'],
    ['path', '/a\r\nx: y'],
    ['path', `/${'a'.repeat(2048)}`],
    ['path', ['/']],
    ['origin', ''],
    ['origin', undefined],
    ['origin', 'https://a\r\nx: y'],
    ['origin', 'a'.repeat(513)],
    ['host', 'a b'],
    ['host', ''],
    ['host', 'localhost\r\n'],
    ['host', 7],
    ['headers', []],
    ['headers', { 'a b': '1' }],
    ['headers', { '': '1' }],
    ['headers', { a: '1\r\nb: 2' }],
    ['headers', { a: 1 }],
    ['headers', Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`h${index}`, '']))],
    ['credentials', 'true'],
    ['bogus', 1],
  ])('%s %j: is refused', (field, value) => {
    const { problems } = parseExplainQuery(JSON.stringify({ ...valid, [field]: value }));
    expect(problems?.map((problem) => problem.field)).toEqual([field]);
  });

  it('several mistakes: are reported at once', () => {
    const { problems } = parseExplainQuery('{"method":1,"path":1,"origin":1,"host":1,"headers":1,"credentials":1}');
    expect(problems).toHaveLength(6);
  });
});
