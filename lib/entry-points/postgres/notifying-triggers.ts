import { quotedIdentifier } from './table-name.js';
import { textLiteral } from './sql-literal.js';

/** The function of schema.sql, and its default channel. */
const FUNCTION = 'cors_origins_notify';
const STANDARD_CHANNEL = 'cors_origins';
/** Bits of `pg_trigger.tgtype`, and the triggers of schema.sql. */
const EVENTS = [
  { bit: 4, event: 'INSERT', trigger: 'cors_origins_inserted', tables: 'referencing new table as new_rows ' },
  {
    bit: 16,
    event: 'UPDATE',
    trigger: 'cors_origins_updated',
    tables: 'referencing old table as old_rows new table as new_rows ',
  },
  { bit: 8, event: 'DELETE', trigger: 'cors_origins_deleted', tables: 'referencing old table as old_rows ' },
  { bit: 32, event: 'TRUNCATE', trigger: 'cors_origins_truncated', tables: '' },
] as const;

interface Trigger {
  readonly name: string;
  /** `pg_trigger.tgenabled`: O fires unless the session is a replica, A always, R only there, D never. */
  readonly enabled: 'O' | 'A' | 'R' | 'D';
  readonly type: number;
  readonly function: string;
  /** The arguments of the trigger's function, each followed by `\000`. */
  readonly arguments: string;
}

/** The triggers of a table in the catalog. */
export interface TriggerCatalog {
  /** Triggers whose function has "notif" in its source. */
  readonly triggers: readonly Trigger[];
  /** The schema of the function of schema.sql, quoted; `null` without the function. */
  readonly function: string | null;
  /** The roles and databases with `session_replication_role = replica`, besides this session. */
  readonly replicas: readonly string[];
}

/** A problem, and the statement or option that fixes it. */
export interface TriggerFinding {
  readonly fact: string;
  readonly mend: string;
}

/** Returns one row with the catalog as `found`; none for a view, whose tables are unknown. */
export function catalogQuery(table: string): string {
  return `select pg_catalog.json_build_object(
    'function', (
      select pg_catalog.format('%I.%I', n.nspname, p.proname) from pg_catalog.pg_proc as p
      join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
      where p.proname = '${FUNCTION}' and p.prorettype = 'pg_catalog.trigger'::pg_catalog.regtype
      order by pg_catalog.pg_function_is_visible(p.oid) desc, n.nspname limit 1
    ),
    'replicas', pg_catalog.to_json(array(
      select 'this session' where pg_catalog.current_setting('session_replication_role') = 'replica'
      union all
      select pg_catalog.concat_ws(' in ', 'role ' || r.rolname, 'database ' || d.datname)
      from pg_catalog.pg_db_role_setting as s
      left join pg_catalog.pg_roles as r on r.oid = s.setrole
      left join pg_catalog.pg_database as d on d.oid = s.setdatabase
      where 'session_replication_role=replica' = any(s.setconfig)
        and (s.setdatabase = 0 or d.datname = pg_catalog.current_database())
    )),
    'triggers', (
      select coalesce(pg_catalog.json_agg(pg_catalog.json_build_object(
        'name', t.tgname, 'enabled', t.tgenabled, 'type', t.tgtype, 'function', p.proname,
        'arguments', pg_catalog.encode(t.tgargs, 'escape')
      ) order by t.tgname), '[]')
      from pg_catalog.pg_trigger as t join pg_catalog.pg_proc as p on p.oid = t.tgfoid
      where t.tgrelid = c.oid and not t.tgisinternal and (p.proname = '${FUNCTION}' or p.prosrc ilike '%notif%')
    )
  )::text as found
  from pg_catalog.pg_class as c
  where c.oid = pg_catalog.to_regclass(${textLiteral(table)}) and c.relkind in ('r', 'p')`;
}

/**
 * The problems that keep changes of a table from being notified.
 *
 * @param table quoted
 * @param channel that the application listens on
 */
export function triggerFindings(catalog: TriggerCatalog, table: string, channel: string): TriggerFinding[] {
  const { triggers, replicas } = catalog;
  const isFiring = ({ enabled }: Trigger): boolean => enabled === 'O' || enabled === 'A';
  const of = (bit: number): Trigger[] => triggers.filter(({ type }) => (type & bit) !== 0);
  const silent = EVENTS.filter(({ bit }) => !of(bit).some(isFiring));
  const missing = silent.filter(({ bit }) => of(bit).length === 0);
  const disabled = [...new Set(silent.flatMap(({ bit }) => of(bit)))];
  const elsewhere = EVENTS.flatMap(({ bit }) => {
    const firing = of(bit).filter(isFiring);
    return firing.every((trigger) => channelOf(trigger) !== undefined && channelOf(trigger) !== channel) ? firing : [];
  });
  const standard = triggers.filter(({ enabled }) => enabled === 'O').map(({ name }) => name);

  const findings: TriggerFinding[] = [];
  if (missing.length > 0) {
    findings.push({
      fact: `no trigger notifies of ${missing.map(({ event }) => event).join(', ')}`,
      mend: creation(missing, catalog, table, channel),
    });
  }
  if (disabled.length > 0) {
    const names = disabled.map(({ name }) => quotedIdentifier(name));
    findings.push({
      fact: `the trigger ${names.join(', ')} is disabled`,
      mend: `alter table ${table} ${names.map((name) => `enable trigger ${name}`).join(', ')};`,
    });
  }
  const [trigger] = elsewhere;
  if (trigger !== undefined) {
    const other = channelOf(trigger) as string;
    findings.push({
      fact: `the trigger ${quotedIdentifier(trigger.name)} notifies on the channel ${quotedIdentifier(other)}, not on ${quotedIdentifier(channel)}`,
      mend: `write channel: ${JSON.stringify(other)} in the options of the store`,
    });
  }
  if (replicas.length > 0 && standard.length > 0) {
    findings.push({
      fact: `session_replication_role is "replica" for ${replicas.join(', ')}, where triggers do not fire`,
      mend: alwaysFiring(standard, table),
    });
  }
  return findings;
}

/** The statement with which triggers also fire in sessions with `session_replication_role = replica`. */
export function alwaysFiring(names: readonly string[], table: string): string {
  return `alter table ${table} ${names.map((name) => `enable always trigger ${quotedIdentifier(name)}`).join(', ')};`;
}

/** The names of the triggers that schema.sql creates. */
export const TRIGGER_NAMES: readonly string[] = EVENTS.map(({ trigger }) => trigger);

function creation(
  missing: readonly (typeof EVENTS)[number][],
  catalog: TriggerCatalog,
  table: string,
  channel: string,
): string {
  const argument = channel === STANDARD_CHANNEL ? '' : `'${channel}'`;
  const name = catalog.function ?? FUNCTION;
  const statements = missing.map(
    ({ event, trigger, tables }) =>
      `create trigger ${trigger} after ${event.toLowerCase()} on ${table} ${tables}` +
      `for each statement execute function ${name}(${argument});`,
  );
  return catalog.function === null
    ? `first the statement "create or replace function ${FUNCTION}" of nestjs-cors/postgres/schema.sql, then ${statements.join(' ')}`
    : statements.join(' ');
}

/** The channel that a trigger notifies; `undefined` for an unknown function. */
function channelOf(trigger: Trigger): string | undefined {
  if (trigger.function !== FUNCTION) {
    return undefined;
  }
  return trigger.arguments === '' ? STANDARD_CHANNEL : trigger.arguments.split('\\000')[0];
}
