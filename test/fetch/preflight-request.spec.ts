import { describe, expect, it } from '@jest/globals';
import { headerValue, readPreflight } from '../../lib/fetch/preflight-request.js';
import { originOf } from '../../lib/request/incoming-request.js';

const headers = { origin: 'https://a.example', 'access-control-request-method': 'PUT' };

describe('a preflight', () => {
  it('is OPTIONS with Origin and Access-Control-Request-Method', () => {
    expect(readPreflight('OPTIONS', headers)).toEqual({
      origin: 'https://a.example',
      requestMethod: 'PUT',
      requestHeaders: undefined,
    });
    const asking = { ...headers, 'access-control-request-headers': 'x-a' };
    expect(readPreflight('OPTIONS', asking)?.requestHeaders).toBe('x-a');
  });

  it('is nothing less', () => {
    expect(readPreflight('GET', headers)).toBeUndefined();
    expect(readPreflight('options', headers)).toBeUndefined();
    expect(readPreflight('OPTIONS', { origin: 'https://a.example' })).toBeUndefined();
    expect(readPreflight('OPTIONS', { 'access-control-request-method': 'PUT' })).toBeUndefined();
  });

  it('is one with empty values too, to be refused as such', () => {
    expect(readPreflight('OPTIONS', { origin: '', 'access-control-request-method': '' })).toBeDefined();
  });
});

describe('the origin of an actual request', () => {
  it('is that of its header, and none when that is empty, as caches have it', () => {
    expect(originOf(headers)).toBe('https://a.example');
    expect(originOf({ origin: '' })).toBeUndefined();
    expect(originOf({})).toBeUndefined();
  });
});

describe('a header of several lines', () => {
  it('is joined by commas', () => {
    expect(headerValue({ origin: ['https://a.example', 'https://b.example'] }, 'origin')).toBe(
      'https://a.example, https://b.example',
    );
  });
});
