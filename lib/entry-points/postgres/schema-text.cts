import fs = require('node:fs');
import path = require('node:path');

/** The statements of schema.sql. The build puts them into the package's code (rolldown.config.js), as bundlers need it. */
export function schemaText(): string {
  return fs.readFileSync(path.join(__dirname, 'schema.sql'), 'utf8');
}
