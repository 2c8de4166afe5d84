/**
 * The applications that are compared, all of them the same one but for CORS. `cors`: who answers, which is what the check
 * of answers goes by. `adapters`: default both.
 */
export const CONTENDERS = [
  { name: 'none', label: 'no CORS', cors: 'none' },
  { name: 'none-again', label: 'no CORS, once more', cors: 'none' },
  { name: 'floor', label: 'by hand, on the raw response: the floor', cors: 'hand' },
  { name: 'floor-reply', label: 'by hand, with reply.header()', cors: 'hand', adapters: ['fastify'] },
  { name: 'built-in', label: 'enableCors(), two origins', cors: 'built-in' },
  { name: 'module', label: 'nestjs-cors, module default', cors: 'library' },
  { name: 'handler', label: 'nestjs-cors, handler policy', cors: 'library' },
  { name: 'lookup', label: 'nestjs-cors, cached lookup', cors: 'library' },
  { name: 'snapshot', label: 'nestjs-cors, list in memory', cors: 'library' },
  { name: 'no-op', label: 'no CORS, no-op guard and interceptor', cors: 'none' },
  { name: 'enhancers', label: 'nestjs-cors, guard and interceptor', cors: 'library', rejects: true },
];

export const ADAPTERS = ['express', 'fastify'];

export function contendersOf(adapter) {
  return CONTENDERS.filter(({ adapters = ADAPTERS }) => adapters.includes(adapter));
}

export function adapterLabel(adapter) {
  return adapter === 'express' ? 'Express' : 'Fastify';
}
