import path = require('node:path');

/** Where the schema is. In a CommonJS file, because `__dirname` is there in both builds of the package. */
export const schemaFile = path.join(__dirname, 'schema.sql');
