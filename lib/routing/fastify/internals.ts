/**
 * What an instance of Fastify keeps under a symbol, by the symbol's description. Instances of plugins inherit from the one above.
 * @returns `undefined` where there is no such symbol, as on an application of Express
 */
export function memberOf(instance: unknown, description: string): unknown {
  for (let each: unknown = instance ?? null; each !== null; each = Object.getPrototypeOf(each)) {
    const key = Object.getOwnPropertySymbols(each).find((symbol) => symbol.description === description);
    if (key !== undefined) {
      return (each as Record<symbol, unknown>)[key];
    }
  }
  return undefined;
}
