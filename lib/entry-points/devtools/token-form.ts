import type { IncomingMessage } from 'node:http';
import { nodeRequest } from '../../request/incoming-request.js';
import { header } from './devtools.requests.js';

/** Longest body of the form, in octets. */
const MAX_BODY = 4096;

/**
 * Reads the token that the form of the locked page sends: `''` where the body has none, `undefined` where it is too long.
 *
 * The application may have parsed the body as a form, as text or as octets, or not at all.
 */
export async function readFormToken(request: unknown): Promise<string | undefined> {
  const length = Number(header(request, 'content-length') ?? 0);
  if (!(length <= MAX_BODY)) {
    return undefined;
  }
  const { body } = request as { readonly body?: unknown };
  if (typeof body === 'string' || Buffer.isBuffer(body)) {
    return body.length > MAX_BODY ? undefined : fieldOf(body.toString());
  }
  if (typeof body === 'object' && body !== null) {
    const { token } = body as { readonly token?: unknown };
    return typeof token !== 'string' ? '' : token.length > MAX_BODY ? undefined : token.trim();
  }
  const text = await bodyOf(nodeRequest(request));
  return text === undefined ? undefined : fieldOf(text);
}

/** The form sends one line of plain text. It reads like URL encoding, because a token has no characters to escape. */
function fieldOf(text: string): string {
  return (new URLSearchParams(text.trim()).get('token') ?? '').trim();
}

/** Listens to events, because iteration would destroy the connection before the response. */
function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  if (request.readableEnded || request.destroyed) {
    return Promise.resolve('');
  }
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > MAX_BODY) {
        request.pause();
        resolve(undefined);
      } else {
        chunks.push(chunk);
      }
    });
    request.once('end', () => resolve(Buffer.concat(chunks).toString()));
    request.once('error', () => resolve(''));
    request.once('close', () => resolve(''));
  });
}
