import { register } from 'node:module';
import { isMainThread } from 'node:worker_threads';

/*
 * `node --import` this to run TypeScript as the tests do: applications that have to be processes of their own, and those
 * whose packages are CommonJS and require NestJS, which jest can't do before Node.js 24.9.
 */
if (isMainThread) {
  register('../tools/typescript-loader.mjs', import.meta.url);
  register(import.meta.url);
}

/**
 * What the repository's own NestJS loads when it is there, such as @nestjs/microservices, is in this folder: an
 * application has them all in one place.
 */
export async function resolve(specifier, context, next) {
  try {
    return await next(specifier, context);
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND' || /^[./]|^file:/.test(specifier)) {
      throw error;
    }
    return next(specifier, { ...context, parentURL: import.meta.url });
  }
}
