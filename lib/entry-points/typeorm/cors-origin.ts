/**
 * A row of `cors_origins`: an allowed origin, or a pattern. {@link corsOriginSchema} makes the entity of it that a
 * `DataSource` takes; the class itself is what repositories are asked for by, and injected by.
 *
 * The ESM and the CommonJS build each have a class of this name: let the data source and the providers import it the same
 * way.
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
   * Since when it is known that the origin belongs to the tenant. `null`: not yet, so that it is not allowed. Default: the
   * time of the insertion; store `null` where anybody but an operator adds origins, until they have proven to own it, and when
   * they change `origin`.
   */
  verifiedAt!: Date | null;
  /** When the row was inserted. */
  createdAt!: Date;
}
