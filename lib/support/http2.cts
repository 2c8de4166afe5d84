import type module = require('node:http2');

let loaded: typeof module | undefined;

/**
 * Node.js' module of HTTP/2, loaded at its first use: few applications have HTTP/2, and the module is a tenth of what the library's
 * import takes. In a CommonJS file, because `require()` waits for no promise.
 */
export function http2(): typeof module {
  return (loaded ??= require('node:http2') as typeof module);
}
