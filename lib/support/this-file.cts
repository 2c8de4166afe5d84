/** A file of this package, to resolve packages from. In a CommonJS file, because `__filename` is there in both builds. */
export const thisFile = __filename;
