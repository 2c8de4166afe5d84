/**
 * A file of this package, to resolve packages from. `__filename` is there in CommonJS files alone, and not where a bundler has put
 * them into an ES module: the program that runs is that bundle then.
 */
export const thisFile = typeof __filename === 'string' ? __filename : (process.argv[1] ?? process.cwd());
