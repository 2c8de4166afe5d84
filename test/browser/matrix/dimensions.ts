import type { CredentialsMode, RedirectMode } from '../../../lib/entry-points/testing/index.js';
import type { BodyKind, HeaderLines, ScriptMode } from './script-call.js';

// What requests are made of. A value that stands there twice is dealt twice as often.

export const METHODS = (
  'GET GET GET get HEAD POST POST POST PUT PUT put DELETE delete PATCH patch OPTIONS PROPFIND propfind CHICKEN ' +
  'TRACE'
).split(' ');
export const MODES: readonly ScriptMode[] = [
  ...Array<ScriptMode>(14).fill('cors'),
  'no-cors',
  'no-cors',
  'no-cors',
  'same-origin',
  'navigate',
];
export const CREDENTIALS: readonly CredentialsMode[] = ['omit', 'same-origin', 'include', 'include'];
export const REDIRECTS: readonly RedirectMode[] = [...Array<RedirectMode>(8).fill('follow'), 'error', 'manual'];
export const BODIES: readonly (BodyKind | undefined)[] = [
  'text',
  'form',
  'multipart',
  'blob',
  'json-blob',
  'bytes',
  undefined,
];
export const STATUSES = [200, 200, 200, 200, 201, 204, 400, 401, 404, 500];
export const REDIRECT_STATUSES = [301, 302, 303, 307, 308];
export const COOKIES = [
  undefined,
  undefined,
  undefined,
  'Path=/',
  'SameSite=Strict; Path=/',
  'SameSite=None; Secure; Path=/',
  'SameSite=None; Path=/',
];

export const HEADERS: readonly HeaderLines[] = [
  [],
  [],
  [],
  [],
  [['Content-Type', 'application/json']],
  [['Content-Type', 'application/json']],
  [['content-type', 'Text/Plain;charset=UTF-8;a=b']],
  [['Content-Type', 'text/plain; a="b"']],
  [['Content-Type', 'application/x-www-form-urlencoded']],
  [['Accept', 'application/json']],
  [['Accept', 'text/html;q="1"']],
  [['Accept', 'a'.repeat(128)]],
  [['Accept', 'a'.repeat(129)]],
  [['Accept-Language', 'en-US, de;q=0.8']],
  [['Content-Language', 'en_US']],
  [['Range', 'bytes=0-99']],
  [['Range', 'bytes=99-0']],
  [['Range', 'bytes=-5']],
  [['Authorization', 'Bearer token']],
  [
    ['Authorization', 'Bearer token'],
    ['X-Custom', '1'],
  ],
  [['X-Custom', '1']],
  [['x-custom', '']],
  [
    ['X-Custom', '1'],
    ['If-Match', '"7"'],
    ['Content-Type', 'application/json'],
  ],
  // Only the browser may say these: nothing of them gets anywhere.
  [
    ['Origin', 'http://forged.example'],
    ['Cookie', 'forged=1'],
    ['Sec-Fetch-Site', 'same-origin'],
  ],
  [['X-HTTP-Method-Override', 'PATCH']],
  [['X-HTTP-Method-Override', 'GET, TRACE']],
];
