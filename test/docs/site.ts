import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../browser/chromium.js';

/** What `npm run docs:build` has written. */
export const SITE = resolve(import.meta.dirname, '../../docs/.vitepress/dist');

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
};

/** The files of the site with this ending, as paths from its root. */
export function filesOf(ending: string): readonly string[] {
  if (!existsSync(SITE)) {
    throw new Error(`These tests look at ${SITE}, which does not exist: npm run docs:build`);
  }
  return readdirSync(SITE, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .sort();
}

export function textOf(file: string): string {
  return readFileSync(join(SITE, file), 'utf8');
}

/** The site in a browser, and how to close both. */
export async function openSite(): Promise<{ url: string; browser: Browser; close(): Promise<void> }> {
  const { server, url } = await serveSite();
  const browser = await launchChromium();
  const close = async (): Promise<void> => {
    await browser.close();
    server.closeAllConnections();
    server.close();
  };
  return { url, browser, close };
}

/** Serves the site as a static host does. */
async function serveSite(): Promise<{ url: string; server: Server }> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://site.example');
    const file = join(SITE, decodeURIComponent(pathname.endsWith('/') ? `${pathname}index.html` : pathname));
    if (!existsSync(file)) {
      response.writeHead(404, { 'Content-Type': TYPES['.html'] }).end(textOf('404.html'));
      return;
    }
    response.writeHead(200, { 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream' });
    response.end(readFileSync(file));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}
