import { join } from 'node:path';
import { repository } from './pages.js';

/**
 * Finds Vue, which is installed in this folder, for all of the site. Pages elsewhere in the repository are modules that import it
 * too, and Vite looks for packages in the folder of the importing module, or in that of all pages.
 */
export const vueOfThisFolder = {
  name: 'vue-of-this-folder',
  enforce: 'pre',
  resolveId(source, importer, { ssr }) {
    if (!/^vue(?:\/|$)/.test(source)) {
      return null;
    }
    // One copy of Vue for the rendered pages: what Node.js imports.
    return ssr
      ? { id: source, external: true }
      : this.resolve(source, join(repository, 'docs/index.md'), { skipSelf: true });
  },
};
