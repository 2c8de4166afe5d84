import {
  createServer,
  type IncomingMessage,
  request as sendRequest,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { run } from '../../../../lib/entry-points/cli/run.js';

export const APP = 'https://app.example.com';

/** Headers that a policy for {@link APP} writes. */
export const GRANT = { 'Access-Control-Allow-Origin': APP, Vary: 'Origin' } as const;

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const servers = new Set<Server>();

/** Serves on a free port of this machine until {@link closeServers}. */
export async function serve(handler: Handler): Promise<string> {
  const server = createServer(handler);
  servers.add(server);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export async function closeServers(): Promise<void> {
  await Promise.all(
    [...servers].map((server) => {
      server.closeAllConnections();
      return new Promise((closed) => server.close(closed));
    }),
  );
  servers.clear();
}

/** Headers as Node.js gives them: name, value, name, value. */
type Lines = string[];

/** A reverse proxy that passes everything on, and changes answers. */
export function proxyTo(
  target: string,
  change: (head: { status: number; lines: Lines }, request: IncomingMessage) => { status: number; lines: Lines },
  strip = '',
  dropped: readonly string[] = [],
): Promise<string> {
  return serve((request, response) => {
    const path = (request.url ?? '').slice(strip.length);
    const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !dropped.includes(name)));
    const passed = sendRequest(target + path, { method: request.method, headers }, (answer) => {
      const { status, lines } = change({ status: answer.statusCode ?? 0, lines: answer.rawHeaders }, request);
      response.writeHead(status, lines);
      answer.pipe(response);
    });
    request.pipe(passed);
  });
}

/** The lines without those of some names. */
export function without(lines: Lines, name: RegExp): Lines {
  return lines.flatMap((text, index) => (name.test(lines[index - (index % 2)] ?? '') ? [] : [text]));
}

/** Runs `nestjs-cors probe` in this process. */
export async function probe(...argv: string[]) {
  let [out, err] = ['', ''];
  const code = await run(['probe', ...argv], {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    cwd: join(import.meta.dirname, '../fixtures'),
  });
  return { code, out, err };
}

export interface ProbeJson {
  readonly exchanges: readonly { kind: string; method: string; url: string; status: number | null }[];
  readonly outcome: { kind: string; step?: string; status?: number };
  readonly readable: boolean | null;
  readonly findings: readonly { code: string; level: string; message: string; hint: string }[];
}

/** The output for programs, and the codes of faults. */
export async function probed(...argv: string[]) {
  const { code, out, err } = await probe(...argv, '--json');
  if (out === '') {
    throw new Error(err);
  }
  const json = JSON.parse(out) as ProbeJson;
  return { code, json, faults: json.findings.filter(({ level }) => level === 'fault').map((finding) => finding.code) };
}
