import type { INestApplication } from '@nestjs/common';
import { listenError } from './startup-error.js';

/** Has an application listen on this machine only, and returns its URL. An application that cannot is closed. */
export async function listen(app: INestApplication, port: number): Promise<string> {
  await app.listen(port, 'localhost').catch(async (error: unknown) => {
    await app.close();
    throw listenError(error, port);
  });
  return `http://localhost:${new URL(await app.getUrl()).port}`;
}
