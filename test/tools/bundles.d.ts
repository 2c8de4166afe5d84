export const BUNDLES: readonly string[];
export function bundledFiles(): readonly string[];
export function filesOf(bundle: string): readonly string[];
export function importBundle(bundle: string): Promise<void>;
