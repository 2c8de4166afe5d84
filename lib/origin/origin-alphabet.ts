/**
 * Every character of a serialized origin. No expression is ever shown another one, so two expressions that agree on these
 * are the same expression here.
 */
export const ORIGIN_CHARACTERS = 'abcdefghijklmnopqrstuvwxyz0123456789-.:/_+[]';

/** Characters of a host's labels. */
export const LABEL_CHARACTERS = 'abcdefghijklmnopqrstuvwxyz0123456789-_';
