/** Marks a controller of the library itself, in the ESM and the CommonJS build alike. */
const OWN = Symbol.for('nestjs-cors:own-controller');

/** Leaves the routes of a controller out of lists and manifests: they are not the application's. */
export function markAsOwn(controller: object): void {
  Object.defineProperty(controller, OWN, { value: true });
}

export function isOwn(controller: object): boolean {
  return Object.hasOwn(controller, OWN);
}
