/* Writes docs/errors.md from the tables of problems and reasons: `npm run docs:errors`. */
import { writeFileSync } from 'node:fs';
import { register } from 'node:module';

register('./typescript-loader.mjs', import.meta.url);
// `errors-page.js` is `errors-page.ts`, by the hooks above.
const { errorsPage } = await import('./errors-page.js');
writeFileSync(new URL('../../docs/errors.md', import.meta.url), errorsPage());
