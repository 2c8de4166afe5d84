import { describe, expect, it } from '@jest/globals';
import { isInsecureOrigin, isLoopbackHost } from '../../lib/origin/serialized-origin.js';
import { isPublicSuffix } from '../../lib/origin/public-suffix.js';

describe('isLoopbackHost', () => {
  it.each(['localhost', 'localhost.', 'app.localhost', '127.0.0.1', '127.255.0.9', '[::1]'])(
    'own machine, such as %s: is true',
    (host) => {
      expect(isLoopbackHost(host)).toBe(true);
    },
  );

  it.each(['localhost.example', 'mylocalhost', '127.example', '127.0.0.1.example', '128.0.0.1', '[::2]', '10.0.0.1'])(
    'other host, such as %s: is false',
    (host) => {
      expect(isLoopbackHost(host)).toBe(false);
    },
  );
});

describe('isInsecureOrigin', () => {
  it('scheme without encryption: is true, except on the own machine', () => {
    const of = (scheme: string, host: string) => isInsecureOrigin({ scheme, host });
    expect(of('http', 'a.example')).toBe(true);
    expect(of('ws', 'a.example')).toBe(true);
    expect(of('https', 'a.example')).toBe(false);
    expect(of('capacitor', 'localhost')).toBe(false);
    expect(of('http', 'localhost')).toBe(false);
  });
});

describe('isPublicSuffix', () => {
  it.each(['com', 'com.', 'co.uk', 'github.io', 'kawasaki.jp', 'xn--p1ai', 'internal'])(
    'suffix such as %s: is true',
    (domain) => {
      expect(isPublicSuffix(domain)).toBe(true);
    },
  );

  it.each([
    'example.com',
    'example.co.uk',
    'me.github.io',
    'my_app.github.io',
    'a.internal',
    'localhost',
    'localhost.',
  ])('name such as %s: is false', (domain) => {
    expect(isPublicSuffix(domain)).toBe(false);
  });
});
