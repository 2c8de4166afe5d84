import fs = require('node:fs');
import path = require('node:path');

/**
 * A file of the page. The build puts the files into the package's code (rolldown.config.js), so that bundlers of
 * applications find them; this function reads them where `lib` is compiled file by file. `__dirname` is there in CommonJS alone.
 */
export function pageText(name: string): string {
  return fs.readFileSync(path.join(__dirname, 'page', name), 'utf8');
}
