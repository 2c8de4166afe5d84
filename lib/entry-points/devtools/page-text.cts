import path = require('node:path');

/** Where the files of the page are. In a CommonJS file, because `__dirname` is there in both builds of the package. */
export const pageFolder = path.join(__dirname, 'page');
