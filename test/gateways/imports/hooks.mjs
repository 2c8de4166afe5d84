import { writeSync } from 'node:fs';

const OF_SOCKETS = /^(?:@nestjs\/(?:websockets|platform-ws|platform-socket\.io)|socket\.io|engine\.io|ws)(?:\/|$)/;

/** Prints who imports a package of sockets. */
export async function resolve(specifier, context, next) {
  if (OF_SOCKETS.test(specifier)) {
    writeSync(1, `${specifier} ${context.parentURL}\n`);
  }
  return next(specifier, context);
}
