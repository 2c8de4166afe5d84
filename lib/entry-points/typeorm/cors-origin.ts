/**
 * A row of `cors_origins`: an allowed origin or a pattern. {@link corsOriginSchema} makes its entity for a `DataSource`; use the
 * class itself to get and inject repositories.
 *
 * The ESM and the CommonJS build each have a class of this name: import it in one way everywhere.
 */
export class CorsOrigin {
  /** Primary key. A `bigint`, which the drivers return as text. */
  id!: string;
  /**
   * The tenant that the origin is allowed for; `''`, the default, stands for every tenant. Up to 512 bytes in PostgreSQL, and
   * up to 255 characters in MariaDB and MySQL.
   */
  tenant!: string;
  /** An exact serialized origin (`https://app.example.com`) or a pattern (`https://*.example.com`). Up to 512 characters. */
  origin!: string;
  /**
   * Since when the origin is known to belong to the tenant. A row with `null` allows nothing. Default: the time of the
   * insertion. Where customers add or change origins, store `null` until they have proven that they own them.
   */
  verifiedAt!: Date | null;
  /** When the row was inserted. */
  createdAt!: Date;
}
