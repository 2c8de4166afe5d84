import { merge, NEVER, Observable, share } from 'rxjs';
import type { FindOptionsWhere, ObjectLiteral, Repository } from 'typeorm';
import type { OriginChange } from '../../options/index.js';
import { inRange } from '../../support/in-range.js';
import { assertNotOutdated } from '../../support/optional-package.js';
import type { PoolSlots } from '../stores/pool-slots.js';
import type { CorsOrigin } from './cors-origin.js';
import {
  checkCondition,
  type NamedColumns,
  type OriginColumns,
  OWN_COLUMNS,
  resolveColumns,
  type TypeOrmOriginColumns,
} from './origin-columns.js';
import type { Condition } from './origin-conditions.js';
import { slotsOf } from './origin-queries.js';
import { OriginSubscriber } from './origin-subscriber.js';
import { OriginTable } from './origin-table.js';

/** Options of {@link TypeOrmOriginLookup} and {@link TypeOrmOriginList}. */
export type TypeOrmOriginsOptions<Entity extends ObjectLiteral = CorsOrigin> = {
  /** The repository of {@link CorsOrigin}, or of an entity of yours. */
  readonly repository: Repository<Entity>;
  /**
   * A condition that rows have to meet, besides those of `columns`. It does not change: for a condition on the time, use
   * `Raw((column) => column + ' > CURRENT_TIMESTAMP')`. Default: none. Soft-deleted rows are not read.
   */
  readonly where?: FindOptionsWhere<Entity> | undefined;
  /**
   * Changes by other processes, merged with those that this data source writes: `changes` of another store over the same
   * table, such as one of `nestjs-cors/postgres`. It must neither fail nor complete. Default: none.
   */
  readonly otherChanges?: Observable<OriginChange> | undefined;
  /**
   * How many queries may run at once, 1 to 1000; others wait, in order. All stores over one data source together take at
   * most half of its connections, unless this is more. Default: half of the connections, at most 4.
   */
  readonly maxQueries?: number | undefined;
  /**
   * How long the server may work on the query of one origin, 100 to 3600000 milliseconds, in PostgreSQL, MariaDB and MySQL. It limits
   * queries that could not be canceled at `lookupTimeout`, so it has to be longer than that. Default: 5000.
   */
  readonly queryTimeout?: number | undefined;
} & (Entity extends CorsOrigin
  ? { readonly columns?: TypeOrmOriginColumns<Entity> | undefined }
  : {
      /** The properties of the entity for each column. Default: those of {@link CorsOrigin}. */
      readonly columns: TypeOrmOriginColumns<Entity>;
    });

const originTables = new WeakMap<object, () => OriginTable<ObjectLiteral>>();

/** The rows of a store, for its subclasses. A data source has no metadata before it is initialized. */
export function originTableOf(store: object): OriginTable<ObjectLiteral> {
  return originTables.get(store)!();
}

/**
 * A table of origins, read through a `Repository`, from the primary where the data source has replicas: the base class of
 * {@link TypeOrmOriginLookup} and {@link TypeOrmOriginList}.
 */
export abstract class TypeOrmOrigins<Entity extends ObjectLiteral = CorsOrigin> {
  /**
   * Emits when a transaction of this data source that wrote rows is committed. `save()`, `remove()`, `softRemove()` and
   * `recover()` name the rows; after `insert()`, `upsert()`, `update()`, `delete()` and query builders, everything may have
   * changed.
   *
   * A transaction of raw SQL (`queryRunner.query('START TRANSACTION')`) is announced at each write and after the statement that
   * ends it, or repeatedly for 17 minutes where its end is sent by other means.
   *
   * It misses what TypeORM does not announce: raw SQL, `clear()`, cascades within the database, `listeners: false`, and other
   * processes. These changes count when a cached result expires, when the list is read again, or by `otherChanges`.
   */
  readonly changes: Observable<OriginChange>;

  /** How many lookups may run at once: `maxQueries`. */
  readonly concurrency: number;

  // Private names cannot collide with a subclass's parameter properties.
  readonly #repository: Repository<Entity>;
  readonly #columns: NamedColumns;
  readonly #where: Condition;
  readonly #slots: PoolSlots;
  readonly #queryTimeout: number;
  #resolved: { readonly columns: OriginColumns; readonly table: OriginTable<Entity> } | undefined;

  /**
   * @throws Error for TypeORM before 0.3
   * @throws TypeError for a property in `columns` that is not a column of the entity, and for a property in `where` that is
   * undefined, null, or named by `columns`
   * @throws RangeError for `maxQueries` or `queryTimeout` out of range
   */
  constructor({
    repository,
    columns = OWN_COLUMNS,
    where = {},
    otherChanges = NEVER,
    maxQueries,
    queryTimeout = 5000,
  }: TypeOrmOriginsOptions<Entity>) {
    assertNotOutdated('nestjs-cors/typeorm', 'typeorm');
    originTables.set(this, () => this.#resolve().table as unknown as OriginTable<ObjectLiteral>);
    this.#repository = repository;
    this.#columns = columns as NamedColumns;
    this.#where = where as Condition;
    this.#queryTimeout = inRange('queryTimeout', queryTimeout, 100, 3_600_000);
    this.#slots = slotsOf(
      repository.manager.connection,
      maxQueries === undefined ? undefined : inRange('maxQueries', maxQueries, 1, 1000),
    );
    this.concurrency = this.#slots.most;
    checkCondition(this.#where, this.#columns);
    if (repository.manager.connection.isInitialized) {
      this.#resolve();
    }
    // Only the writes are shared, because another store emits `{}` to each of its subscribers.
    this.changes = merge(this.#writes().pipe(share()), otherChanges);
  }

  /** Listens while subscribed. The data source has to be initialized before that. */
  #writes(): Observable<OriginChange> {
    return new Observable((observer) => {
      const { subscribers, options } = this.#repository.manager.connection;
      const subscriber = new OriginSubscriber(
        { path: this.#repository.metadata.tablePath, columns: this.#resolve().columns, dialect: options.type },
        (change) => observer.next(change),
      );
      subscribers.push(subscriber);
      return () => {
        subscriber.stop();
        const place = subscribers.indexOf(subscriber);
        if (place !== -1) {
          subscribers.splice(place, 1);
        }
      };
    });
  }

  #resolve(): { readonly columns: OriginColumns; readonly table: OriginTable<Entity> } {
    if (this.#resolved === undefined) {
      const columns = resolveColumns(this.#repository, this.#columns);
      const table = new OriginTable(this.#repository, columns, this.#where, this.#slots, this.#queryTimeout);
      this.#resolved = { columns, table };
    }
    return this.#resolved;
  }
}
