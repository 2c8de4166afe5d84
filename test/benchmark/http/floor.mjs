import { ALLOWED } from './requests.mjs';

/**
 * The floor: right answers for one origin that never changes, written by hand on the raw response, which is the only
 * place where they survive whatever ends it. Less than this cannot be done there.
 */
export function floorHook(adapter) {
  const write = (request, response, done, hijack) => {
    const granted = request.headers.origin === ALLOWED;
    response.setHeader('Vary', 'Origin');
    if (granted) {
      response.setHeader('Access-Control-Allow-Origin', ALLOWED);
      response.setHeader('Access-Control-Allow-Credentials', 'true');
    }
    if (request.method !== 'OPTIONS') {
      done();
      return;
    }
    hijack?.();
    if (granted) {
      response.setHeader('Access-Control-Allow-Methods', 'PUT');
      response.setHeader('Access-Control-Allow-Headers', 'content-type');
      response.statusCode = 204;
    } else {
      response.statusCode = 403;
      response.setHeader('Content-Length', '0');
    }
    response.end();
  };
  return adapter === 'fastify'
    ? (request, reply, done) => write(request.raw, reply.raw, done, () => reply.hijack())
    : (request, response, done) => write(request, response, done);
}

/** The same on Fastify's reply: cheaper, and lost wherever an answer does not go through it. */
export function replyFloorHook(request, reply, done) {
  const granted = request.headers.origin === ALLOWED;
  reply.header('Vary', 'Origin');
  if (granted) {
    reply.header('Access-Control-Allow-Origin', ALLOWED);
    reply.header('Access-Control-Allow-Credentials', 'true');
  }
  if (request.method !== 'OPTIONS') {
    done();
  } else if (granted) {
    reply.header('Access-Control-Allow-Methods', 'PUT');
    reply.header('Access-Control-Allow-Headers', 'content-type');
    reply.code(204).send();
  } else {
    reply.code(403).header('Content-Length', '0').send();
  }
}
