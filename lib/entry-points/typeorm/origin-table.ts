import type { FindManyOptions, ObjectLiteral, Repository } from 'typeorm';
import type { OriginRow } from '../../options/index.js';
import type { OriginColumn, OriginColumns } from './origin-columns.js';
import { allOf, after, type Condition, ofOrigins, ofTenant, verified } from './origin-conditions.js';
import { OriginQueries } from './origin-queries.js';
import type { PoolSlots } from '../stores/pool-slots.js';

const NEVER_ABORTED = new AbortController().signal;

/**
 * The rows of an entity, as rows of origins. Rows are compared again byte for byte, because a collation of the database may
 * ignore case or a final space.
 */
export class OriginTable<Entity extends ObjectLiteral> {
  private readonly queries: OriginQueries<Entity>;

  /**
   * @param slots of the store's queries
   * @param queryTimeout how long the server may work on the query of one origin, in milliseconds
   */
  constructor(
    private readonly repository: Repository<Entity>,
    private readonly columns: OriginColumns,
    private readonly where: Condition,
    slots: PoolSlots,
    private readonly queryTimeout: number,
  ) {
    this.queries = new OriginQueries(repository, slots);
  }

  /**
   * Whether there is a row with one of these origins or patterns, for this tenant or for every tenant.
   *
   * @throws the signal's reason when it is aborted
   */
  async includes(
    texts: readonly string[],
    tenant: string | undefined,
    signal: AbortSignal = NEVER_ABORTED,
  ): Promise<boolean> {
    const dialect = this.repository.manager.connection.options.type;
    const found = await this.find(
      signal,
      this.where,
      ofOrigins(this.columns, texts),
      ofTenant(this.columns, tenant, dialect),
    );
    return found.some(
      (row) => texts.includes(row.origin) && (isForEveryTenant(row) || (tenant !== undefined && row.tenant === tenant)),
    );
  }

  /** The rows of one origin or pattern, of every tenant. @throws the signal's reason when it is aborted */
  async rowsOf(text: string, signal: AbortSignal = NEVER_ABORTED): Promise<OriginRow[]> {
    const found = await this.find(signal, this.where, ofOrigins(this.columns, [text]));
    return found.filter(({ origin }) => origin === text);
  }

  /**
   * All rows, page by page in the order of the primary key, so that writes in between make it miss no other row.
   *
   * @param pageSize the number of rows of one query
   * @param pageTimeout how long the server may work on one page, in milliseconds
   * @throws TypeError where `where` names the primary key; the signal's reason when it is aborted
   */
  async *pages(pageSize: number, signal: AbortSignal, pageTimeout: number): AsyncGenerator<OriginRow> {
    const { key } = this.columns;
    const fixed = key.find(({ propertyName }) => propertyName in this.where);
    if (fixed !== undefined) {
      throw new TypeError(
        `where.${fixed.propertyName} is part of the primary key, in whose order rows are read. Use another property.`,
      );
    }
    const order = Object.fromEntries(key.map(({ propertyName }) => [propertyName, 'ASC']));
    let last: Entity | undefined;
    do {
      signal.throwIfAborted();
      const parts = [this.where, verified(this.columns), after(key, last)];
      const page: Entity[] = await this.entities(parts, { order, take: pageSize }, pageTimeout, signal);
      yield* this.rows(page);
      last = page.length < pageSize ? undefined : page.at(-1);
    } while (last !== undefined);
  }

  private async find(signal: AbortSignal, ...parts: (Condition | Condition[])[]): Promise<OriginRow[]> {
    return [...this.rows(await this.entities([...parts, verified(this.columns)], {}, this.queryTimeout, signal))];
  }

  private async entities(
    parts: (Condition | Condition[])[],
    page: object,
    limit: number,
    signal: AbortSignal,
  ): Promise<Entity[]> {
    const where = allOf<Entity>(...parts);
    if (where.length === 0) {
      // No alternative can be met. TypeORM reads an empty list as no condition.
      return [];
    }
    const { origin, tenant, verifiedAt, key } = this.columns;
    const selected = [...key, origin, tenant, verifiedAt].flatMap((column) => column?.propertyName ?? []);
    const options = {
      ...page,
      where,
      select: Object.fromEntries(selected.map((property) => [property, true])),
      loadEagerRelations: false,
      cache: false,
    } as FindManyOptions<Entity>;
    return this.queries.find({ options, limit }, signal);
  }

  private *rows(entities: readonly Entity[]): Generator<OriginRow & { readonly tenant: string | null | undefined }> {
    const { origin, tenant, verifiedAt, key } = this.columns;
    for (const entity of entities) {
      if (verifiedAt === undefined || isTime(verifiedAt.getEntityValue(entity))) {
        yield {
          id: key.map((column: OriginColumn) => String(column.getEntityValue(entity))).join('/'),
          origin: origin.getEntityValue(entity),
          tenant: tenant === undefined ? undefined : asText(tenant.getEntityValue(entity)),
        };
      }
    }
  }
}

function isForEveryTenant({ tenant }: OriginRow): boolean {
  return tenant === undefined || tenant === null || tenant === '';
}

/** Whether a row is verified: columns may also hold `false`, 0, '' or MySQL's zero date. */
function isTime(value: unknown): boolean {
  return Boolean(value) && !(value instanceof Date && Number.isNaN(value.getTime()));
}

function asText(tenant: unknown): string | null | undefined {
  return typeof tenant === 'number' || typeof tenant === 'bigint'
    ? String(tenant)
    : (tenant as string | null | undefined);
}
