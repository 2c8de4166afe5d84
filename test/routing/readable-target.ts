/**
 * The target with each escape that cannot be decoded taken for its characters: a router that matches before it decodes
 * finds the same route for it, and that route answers.
 */
export function readableTarget(target: string): string {
  return target.replace(/(?:%[0-9a-f]{2})+|%/gi, (escapes) =>
    isDecodable(escapes) ? escapes : escapes.replaceAll('%', '%25'),
  );
}

function isDecodable(escapes: string): boolean {
  try {
    decodeURIComponent(escapes);
    return true;
  } catch {
    return false;
  }
}
