/**
 * The frameworks that are compared, each with applications of one route: without CORS, and with what answers CORS there.
 * `cors`: who answers, which is what the check of answers goes by.
 */
export const PEERS = [
  {
    framework: 'Express',
    none: 'express',
    contenders: [{ name: 'express-cors', label: 'Express with cors', cors: 'built-in' }],
  },
  {
    framework: 'Fastify',
    none: 'fastify',
    contenders: [{ name: 'fastify-cors', label: 'Fastify with @fastify/cors', cors: 'built-in' }],
  },
  {
    framework: 'Hono',
    none: 'hono',
    contenders: [{ name: 'hono-cors', label: 'Hono with hono/cors', cors: 'built-in' }],
  },
  {
    framework: 'NestJS on Express',
    none: 'nest-express',
    contenders: [
      { name: 'nest-express-built-in', label: 'NestJS on Express, enableCors()', cors: 'built-in' },
      { name: 'nest-express-handler', label: 'NestJS on Express, nestjs-cors', cors: 'library' },
    ],
  },
  {
    framework: 'NestJS on Fastify',
    none: 'nest-fastify',
    contenders: [
      { name: 'nest-fastify-built-in', label: 'NestJS on Fastify, enableCors()', cors: 'built-in' },
      { name: 'nest-fastify-handler', label: 'NestJS on Fastify, nestjs-cors', cors: 'library' },
    ],
  },
];
