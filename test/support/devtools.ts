import { CorsDevtools } from '../../lib/entry-points/devtools/index.js';
import type { RunningApplication } from './application.js';

/** The `Cookie` of a browser that has opened the devtools by a URL with a token. */
export async function devtoolsCookie(
  { app, port, send }: Pick<RunningApplication, 'app' | 'port' | 'send'>,
  sent: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { pathname, search } = new URL(app.get(CorsDevtools, { strict: false }).url(`http://127.0.0.1:${port}`));
  const { headers } = await send(pathname + search, { headers: sent });
  return headers['set-cookie']?.[0]?.split(';', 1)[0] ?? '';
}
