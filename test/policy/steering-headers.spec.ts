import { describe, expect, it } from '@jest/globals';
import { isSteeringHeader } from '../../lib/policy/steering-headers.js';

describe('a header that steers routing', () => {
  it.each([
    'x-http-method-override',
    'x-http-method',
    'x-method-override',
    'x-original-method',
    'x-original-url',
    'x-original-uri',
    'x-original-host',
    'x-original-forwarded-host',
    'x-rewrite-url',
    'x-host',
    'x-http-host-override',
    'forwarded',
    'x-forwarded',
    'x-forwarded-for',
    'x-forwarded-host',
    'x-forwarded-proto',
    'x-forwarded-prefix',
    'x-forwarded-anything',
    'x_http_method_override',
    'x_forwarded_host',
  ])('header %s: is one', (name) => {
    expect(isSteeringHeader(name)).toBe(true);
  });

  it.each([
    'authorization',
    'content-type',
    'if-match',
    'x-requested-with',
    'x-request-id',
    'x-api-version',
    'x-csrf-token',
    'x-real-ip',
    'x-original-filename',
    'x-forward',
    'x-forwardedhost',
    'host-name',
    'x-method',
    '*',
    '',
  ])('header %s: is none', (name) => {
    expect(isSteeringHeader(name)).toBe(false);
  });
});
