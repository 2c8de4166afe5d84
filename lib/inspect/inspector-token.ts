/** Another name of the `CorsInspector`, for who can't have its class: that of the other build is another token. */
export const INSPECTOR_TOKEN = Symbol.for('nestjs-cors:inspector');
