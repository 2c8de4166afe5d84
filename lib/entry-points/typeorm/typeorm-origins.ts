import { merge, NEVER, Observable, share } from 'rxjs';
import type { FindOptionsWhere, ObjectLiteral, Repository } from 'typeorm';
import type { OriginChange } from '../../options/index.js';
import { inRange } from '../../support/in-range.js';
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
   * A condition that rows have to meet, beside those of `columns`. It is the same for every question: for what depends on
   * the time, use `Raw((column) => column + ' > CURRENT_TIMESTAMP')`. Default: none. Soft-deleted rows are not read.
   */
  readonly where?: FindOptionsWhere<Entity> | undefined;
  /**
   * Changes that others make, merged with those that this data source writes: `changes` of another store over the same
   * table, such as one of `nestjs-cors/postgres`. It has to keep itself alive, as that does. Default: none.
   */
  readonly otherChanges?: Observable<OriginChange> | undefined;
  /**
   * How many queries may be under way at once, 1 to 1000; others wait, in order. All stores over one data source together take at
   * most half of its connections, unless this is more. Default: half of the connections, at most 4.
   */
  readonly maxQueries?: number | undefined;
  /**
   * How long the server may work on the query of one origin, 100 to 3600000 milliseconds, in PostgreSQL, MariaDB and MySQL. It is
   * the limit for what could not be canceled at `lookupTimeout`, so it has to be longer than that. Default: 5000.
   */
  readonly queryTimeout?: number | undefined;
} & (Entity extends CorsOrigin
  ? { readonly columns?: TypeOrmOriginColumns<Entity> | undefined }
  : {
      /** Which properties of the entity mean what. Default: those of {@link CorsOrigin}. */
      readonly columns: TypeOrmOriginColumns<Entity>;
    });

/**
 * What {@link TypeOrmOriginLookup} and {@link TypeOrmOriginList} have in common: a table of origins, read through a
 * `Repository`, from the primary where the data source has replicas.
 */
export abstract class TypeOrmOrigins<Entity extends ObjectLiteral = CorsOrigin> {
  /**
   * Emits once a transaction that wrote rows has been committed, whoever wrote them through this data source. `save()`,
   * `remove()`, `softRemove()` and `recover()` tell which rows; after `insert()`, `upsert()`, `update()`, `delete()` and
   * query builders, anything may have changed.
   *
   * A transaction of raw SQL (`queryRunner.query('START TRANSACTION')`) is announced at each write, after the statement that ends it,
   * and for 17 minutes from time to time where its end is sent by other means.
   *
   * What TypeORM does not announce is not heard: raw SQL, `clear()`, cascades within the database, `listeners: false`, and
   * other processes. Of these the application learns when an answer expires or the list is read again, or by
   * `otherChanges`.
   */
  readonly changes: Observable<OriginChange>;

  /** How many lookups may be under way at once: `maxQueries`. */
  readonly concurrency: number;

  // Nobody's constructor parameter is to collide with these.
  readonly #repository: Repository<Entity>;
  readonly #columns: NamedColumns;
  readonly #where: Condition;
  readonly #slots: PoolSlots;
  readonly #queryTimeout: number;
  #resolved: { readonly columns: OriginColumns; readonly table: OriginTable<Entity> } | undefined;

  /**
   * @throws TypeError when a property in `columns` is no column of the entity, and when `where` has a value that is undefined
   * or null, or names a property that `columns` names
   * @throws RangeError when `maxQueries` or `queryTimeout` is out of range
   */
  constructor({
    repository,
    columns = OWN_COLUMNS,
    where = {},
    otherChanges = NEVER,
    maxQueries,
    queryTimeout = 5000,
  }: TypeOrmOriginsOptions<Entity>) {
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
    // Not shared as a whole: another store greets each of its subscribers.
    this.changes = merge(this.#writes().pipe(share()), otherChanges);
  }

  /** The rows. A data source has no metadata before it is initialized. */
  protected get originTable(): OriginTable<Entity> {
    return this.#resolve().table;
  }

  /** Listens from the subscription on, and no longer. The data source has to be initialized by then. */
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
