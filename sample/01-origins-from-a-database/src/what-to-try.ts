import type { INestApplication } from '@nestjs/common';
import { CorsDevtools } from 'nestjs-cors/devtools';
import { Database } from '../../shared/database/database.js';
import { OriginsService } from './origins/origins.service.js';
import { WebPages } from '../../shared/pages/web-pages.js';

/** What a person reads in the terminal once everything listens. */
export async function whatToTry(app: INestApplication, api: string): Promise<string> {
  const rows = await app.get(OriginsService, { strict: false }).list();
  const database = app.get(Database, { strict: false });
  const adapter = app.getHttpAdapter().getType();
  const [first = '', second = ''] = app.get(WebPages, { strict: false }).origins;
  const state = (origin: string) =>
    rows.some((row) => row.origin === origin) ? 'in the database' : 'not in the database';
  return `
Allowed origins are rows in a database (${adapter === 'fastify' ? 'Fastify' : 'Express'})

  first page   ${first}   ${state(first)}
  second page  ${second}   ${state(second)}
  API          ${api}
  devtools     ${app.get(CorsDevtools, { strict: false }).url(api)}
  rows         ${database.location}

What to try:
  1. Open both pages: one reads the partner routes with their 401, 404 and 413, the other only what is public.
  2. On the second page, add ${second} to the database, and send the requests again: it reads them all.
  3. Remove the row, send again: it is back to what is public. Nothing was restarted.
  4. Stop with Ctrl+C and start again: the rows are still there.
  5. Open the devtools, whose URL works once: every route with its policy, and the requests of the pages as they are decided.
  6. Ask as a browser would: curl -i -H 'Origin: ${second}' ${api}/partners/catalogue
`;
}
