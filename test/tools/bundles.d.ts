export const BUNDLES: number;
export function bundledFiles(): readonly string[];
export function importBundle(number: number): Promise<void>;
