import type { FindManyOptions, ObjectLiteral, Repository } from 'typeorm';
import type { OriginRow } from '../../options/index.js';
import type { OriginColumn, OriginColumns } from './origin-columns.js';
import { allOf, behind, type Condition, ofOrigins, ofTenant, verified } from './origin-conditions.js';
import { OriginQueries } from './origin-queries.js';
import type { PoolSlots } from '../stores/pool-slots.js';

const NEVER_ABORTED = new AbortController().signal;
/** Rows of one query: a hundred thousand take about a second, and few are in memory twice. */
const PAGE_SIZE = 2000;

/**
 * The rows of an entity, as rows of origins. What the database returns is compared again, byte for byte: its collation may
 * take `acme` for `Acme`, and for `acme` with a space behind it.
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
   * Whether there is a row of one of these texts, for this tenant or for every tenant.
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

  /** The rows of one text, of every tenant. @throws the signal's reason when it is aborted */
  async rowsOf(text: string, signal: AbortSignal = NEVER_ABORTED): Promise<OriginRow[]> {
    const found = await this.find(signal, this.where, ofOrigins(this.columns, [text]));
    return found.filter(({ origin }) => origin === text);
  }

  /**
   * All rows, page by page in the order of the primary key, so that no row is missed because others come and go meanwhile.
   *
   * @param pageTimeout how long the server may work on one page, in milliseconds
   * @throws TypeError when `where` is about the primary key; the signal's reason when it is aborted
   */
  async *pages(signal: AbortSignal, pageTimeout: number): AsyncGenerator<OriginRow> {
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
      const parts = [this.where, verified(this.columns), behind(key, last)];
      const page: Entity[] = await this.entities(parts, { order, take: PAGE_SIZE }, pageTimeout, signal);
      yield* this.rows(page);
      last = page.length < PAGE_SIZE ? undefined : page.at(-1);
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
      // No alternative can be met. TypeORM would take that for no condition.
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

/** Not `false`, 0 or '', should somebody have such a column, nor the zero date that MySQL knows. */
function isTime(value: unknown): boolean {
  return Boolean(value) && !(value instanceof Date && Number.isNaN(value.getTime()));
}

function asText(tenant: unknown): string | null | undefined {
  return typeof tenant === 'number' || typeof tenant === 'bigint'
    ? String(tenant)
    : (tenant as string | null | undefined);
}
