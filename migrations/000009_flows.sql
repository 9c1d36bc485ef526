-- Flows: documents of the Serverless Workflow DSL, and their runs. What is still running stands in a small table of its own; what is over, and
-- the journal of longer runs, are partitioned by day like executions.

create table flows (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null,
  namespace text not null,
  name text not null,
  -- What is not enabled is started by nobody; runs that began go on.
  enabled boolean not null default true,
  -- The published version that runs begin with; null while there are only drafts.
  latest_version text,
  revision integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  -- A deleted flow stays until its last run is forgotten: its runs go on, and stay readable.
  deleted_at timestamptz,
  primary key (tenant_id, id)
);
create unique index flows_name on flows (tenant_id, namespace, name) where deleted_at is null;

-- What is published never changes.
create table flow_versions (
  tenant_id uuid not null,
  flow_id uuid not null,
  version text not null,
  status text not null check (status in ('draft', 'published')),
  format text not null check (format in ('yaml', 'json')),
  -- As it was given.
  source text not null,
  -- The same, parsed.
  definition json not null,
  -- Of the definition in its canonical form.
  sha256 text not null,
  -- Warnings of when it was stored.
  findings json not null default '[]',
  created_by text not null,
  created_at timestamptz not null default now(),
  published_at timestamptz,
  primary key (tenant_id, flow_id, version),
  foreign key (tenant_id, flow_id) references flows on delete cascade
);

-- Runs that are not over. A row whose claimed_by is set is in the hands of that process; when its heartbeat lapses, it is freed. Every claim raises
-- the epoch, and nothing is written under an older one.
create table flow_live (
  tenant_id uuid not null,
  id uuid not null,
  flow_id uuid not null,
  namespace text not null,
  name text not null,
  version text not null,
  -- Pending runs wait for their flow's concurrency limit or for an earlier run of their ordering key.
  status text not null check (status in ('pending', 'running', 'waiting', 'suspended')),
  started_at timestamptz not null default now(),
  -- When somebody must take it up; null while it waits for events only, is suspended, or has not been let in.
  due_at timestamptz,
  claimed_by uuid,
  epoch integer not null default 0,
  ordering_key text,
  -- Where it stands: JSON. Null before its first checkpoint.
  state text,
  -- JSON.
  input text not null,
  -- What started it: JSON.
  trigger text not null,
  -- The run that waits for this one's end.
  parent_id uuid,
  -- Whose rights it has: JSON.
  rights text not null,
  -- What somebody asked of it, to be seen to by whoever holds it.
  wanted text check (wanted in ('cancel', 'suspend', 'resume')),
  primary key (tenant_id, id)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);
create index flow_live_due on flow_live (due_at) where claimed_by is null and due_at is not null;
create index flow_live_pending on flow_live (flow_id, id) where status = 'pending';
create index flow_live_key on flow_live (flow_id, ordering_key, id) where ordering_key is not null;
create index flow_live_flow on flow_live (tenant_id, flow_id, id);
create index flow_live_claimed on flow_live (claimed_by) where claimed_by is not null;

-- Tasks of runs with more than one checkpoint, as each checkpoint found them: a JSON array of those that ended since the one before.
create table flow_journal (
  tenant_id uuid not null,
  run_id uuid not null,
  seq integer not null,
  entries text not null,
  primary key (tenant_id, run_id, seq)
) partition by range (run_id);
alter table flow_journal alter column entries set storage external;

-- Runs that are over.
create table flow_runs (
  tenant_id uuid not null,
  id uuid not null,
  flow_id uuid not null,
  namespace text not null,
  name text not null,
  version text not null,
  status text not null check (status in ('completed', 'faulted', 'cancelled')),
  started_at timestamptz not null,
  ended_at timestamptz not null,
  error_type text,
  -- JSON.
  trigger text not null,
  -- JSON: { input, output, error, tasks } with the tasks that no journal row holds.
  record text not null,
  primary key (tenant_id, id)
) partition by range (id);
alter table flow_runs alter column record set storage external;
create index flow_runs_flow on flow_runs (tenant_id, flow_id, id);
create index flow_runs_failed on flow_runs (tenant_id, id) where status <> 'completed';

-- What live runs listen for.
create table flow_waits (
  tenant_id uuid not null references tenants on delete cascade,
  run_id uuid not null,
  -- Of the task, within its run; and which of its filters.
  wait_id text not null,
  filter_index integer not null,
  -- What the event must equal, where the filter says so by literals.
  type text,
  source text,
  subject text,
  -- The whole filter: JSON.
  filter text not null,
  -- Events up to there came too early.
  after_sequence text not null,
  primary key (tenant_id, run_id, wait_id, filter_index)
);
create index flow_waits_type on flow_waits (tenant_id, type);

-- Events that a wait matched and has not taken yet.
create table flow_signals (
  tenant_id uuid not null references tenants on delete cascade,
  run_id uuid not null,
  wait_id text not null,
  event_id uuid not null,
  filter_index integer not null,
  sequence text not null,
  -- The CloudEvent; null where it is large, to be had by its id.
  event text,
  primary key (tenant_id, run_id, wait_id, event_id)
);

-- When the schedules and polls of flows are next due, and how far the polls came.
create table flow_schedules (
  tenant_id uuid not null,
  flow_id uuid not null,
  -- Which of the version's triggers.
  trigger_id text not null,
  version text not null,
  settings json not null,
  due_at timestamptz,
  cursor json,
  claimed_by uuid,
  lease_until timestamptz,
  updated_at timestamptz not null default now(),
  primary key (tenant_id, flow_id, trigger_id),
  foreign key (tenant_id, flow_id) references flows on delete cascade
);
create index flow_schedules_due on flow_schedules (due_at) where due_at is not null;

-- Idempotency keys of starts.
create table flow_keys (
  tenant_id uuid not null references tenants on delete cascade,
  flow_id uuid not null,
  key text not null,
  run_id uuid not null,
  expires_at timestamptz not null,
  primary key (tenant_id, flow_id, key)
);
create index flow_keys_expiry on flow_keys (expires_at);

-- Processes that run flows. What one had claimed is freed together with its row here.
create table flow_workers (
  id uuid primary key,
  heartbeat_at timestamptz not null default now()
);
alter table flow_workers enable row level security;
alter table flow_workers force row level security;
create policy system on flow_workers to interchange_system using (true) with check (true);
grant select, insert, update, delete on flow_workers to interchange_system;

do $$
declare table_name text;
begin
  foreach table_name in array array[
    'flows', 'flow_versions', 'flow_live', 'flow_journal', 'flow_runs', 'flow_waits', 'flow_signals', 'flow_schedules', 'flow_keys'] loop
    execute format('alter table %I enable row level security', table_name);
    execute format('alter table %I force row level security', table_name);
    execute format('create policy request on %I to interchange_request using (tenant_id = (select current_tenant())) with check (tenant_id = (select current_tenant()))', table_name);
    execute format('create policy system on %I to interchange_system using (true) with check (true)', table_name);
    execute format('grant select, insert, update, delete on %I to interchange_request, interchange_system', table_name);
  end loop;
  -- Runs begin with what arrives, of many tenants at once.
  create policy writer on flow_live for insert to interchange_writer with check (true);
  grant insert on flow_live to interchange_writer;
  create policy writer on flow_keys to interchange_writer using (true) with check (true);
  grant select, insert, update on flow_keys to interchange_writer;
end $$;
