import type { NestApplicationOptions } from '@nestjs/common';

/** How every sample creates its applications. */
export const nestOptions: NestApplicationOptions = {
  // What keeps the application from being created is thrown, and told once.
  abortOnError: false,
  logger: false,
  // Browsers keep connections open, and shutting down would wait for them.
  forceCloseConnections: true,
};
