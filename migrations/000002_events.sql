-- Events and webhooks. Events, and deliveries that are over, are partitioned by day like executions; what is still to be delivered
-- stands in a table of its own that stays small.

-- One CloudEvent each.
create table events (
  tenant_id uuid not null,
  id uuid not null,
  -- The CloudEvent's own id: unique within its source, as its producer says.
  event_id text not null,
  source text not null,
  type text not null,
  subject text,
  time timestamptz not null,
  webhook_source_id uuid,
  -- What its type's schema says against its data, where it was taken all the same.
  schema_errors json,
  size_bytes integer not null,
  -- The whole event as structured JSON; without its data where it is large: then the whole lies in a blob. Text, since it is delivered as it was
  -- stored, and nothing in the database looks into it.
  event text not null,
  blob_id uuid,
  -- In commit order, where ids are in the order of arrival: readers that follow the stream go by both.
  xid xid8 not null default pg_current_xact_id(),
  primary key (tenant_id, id)
) partition by range (id);
alter table events alter column event set storage external;
create index events_type on events (tenant_id, type, id);
create index events_feed on events (tenant_id, xid, id);
create index events_event_id on events (tenant_id, event_id) where event_id <> id::text;

-- What a sender must not send twice: a source's deduplication keys, and ids of CloudEvents within their source.
create table event_keys (
  tenant_id uuid not null references tenants on delete cascade,
  scope text not null,
  key text not null,
  event_id uuid not null,
  expires_at timestamptz not null,
  primary key (tenant_id, scope, key)
);
create index event_keys_expiry on event_keys (expires_at);

-- Types with their schemas; those of connectors' manifests are known without a row.
create table event_types (
  tenant_id uuid not null references tenants on delete cascade,
  type text not null,
  description text not null default '',
  schema json,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, type)
);

-- Readers that follow a tenant's events and remember how far they came. One process at a time does so: it holds the row until its lease ends, and
-- prolongs that while it lives.
create table event_followers (
  tenant_id uuid not null references tenants on delete cascade,
  name text not null,
  xid xid8 not null,
  id uuid not null,
  claimed_by uuid,
  lease_until timestamptz,
  updated_at timestamptz not null default now(),
  primary key (tenant_id, name)
);

create table webhook_sources (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null,
  name text not null,
  -- The last part of its URL: who has it may send.
  path text not null unique,
  settings jsonb not null,
  status text not null default 'active' check (status in ('active', 'paused')),
  revision integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id)
);

-- Requests that a source refused, and all that an inspector source got: a look at what came, for a while.
create table webhook_requests (
  tenant_id uuid not null,
  source_id uuid not null,
  id uuid not null,
  status integer not null,
  reason text,
  request json not null,
  event_id uuid,
  primary key (tenant_id, source_id, id),
  foreign key (tenant_id, source_id) references webhook_sources on delete cascade
);

-- Endpoints that events are delivered to.
create table webhooks (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null,
  name text not null,
  description text not null default '',
  url text not null,
  events jsonb not null,
  security jsonb not null,
  delivery jsonb not null,
  metadata jsonb not null default '{}',
  integration_id uuid,
  status text not null default 'active' check (status in ('active', 'paused', 'failed')),
  status_reason text,
  -- Since when every attempt failed.
  failing_since timestamptz,
  revision integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, integration_id) references integrations on delete cascade
);

-- Measured, a row a minute and endpoint.
create table webhook_minutes (
  tenant_id uuid not null,
  webhook_id uuid not null,
  minute timestamptz not null,
  delivered integer not null default 0,
  failed integer not null default 0,
  attempts integer not null default 0,
  failed_attempts integer not null default 0,
  latency_ms_sum double precision not null default 0,
  last_delivery timestamptz,
  primary key (tenant_id, webhook_id, minute),
  foreign key (tenant_id, webhook_id) references webhooks on delete cascade
);

-- What is still to be delivered. A row whose claimed_by is set is in the hands of that process; when its heartbeat lapses, it is freed.
create table delivery_queue (
  tenant_id uuid not null,
  id uuid not null,
  webhook_id uuid not null,
  event_id uuid not null,
  event_name text not null,
  event_type text not null,
  -- Of an ordered endpoint: rows with the same key go one after another.
  ordering_key text,
  -- Rows that go out in one request, from the first attempt on.
  batch_id uuid,
  due_at timestamptz not null,
  attempt integer not null default 0,
  -- The earlier attempts, as a JSON array.
  attempts text,
  claimed_by uuid,
  primary key (tenant_id, id)
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);
create index delivery_queue_due on delivery_queue (webhook_id, due_at, id) where claimed_by is null;
create index delivery_queue_key on delivery_queue (webhook_id, ordering_key, id) where ordering_key is not null;

-- Processes that deliver. What one had claimed is freed together with its row here.
create table delivery_workers (
  id uuid primary key,
  heartbeat_at timestamptz not null default now()
);
alter table delivery_workers enable row level security;
alter table delivery_workers force row level security;
create policy system on delivery_workers to interchange_system using (true) with check (true);
grant select, insert, update, delete on delivery_workers to interchange_system;

-- What was delivered or given up.
create table deliveries (
  tenant_id uuid not null,
  id uuid not null,
  webhook_id uuid not null,
  event_id uuid not null,
  event_name text not null,
  event_type text not null,
  status text not null check (status in ('delivered', 'failed', 'parked')),
  -- Why it was given up.
  reason text,
  finished_at timestamptz not null,
  -- As a JSON array.
  attempts text not null,
  primary key (tenant_id, id)
) partition by range (id);
alter table deliveries alter column attempts set storage external;
create index deliveries_webhook on deliveries (tenant_id, webhook_id, id);
create index deliveries_dead on deliveries (tenant_id, id) where status <> 'delivered';

do $$
declare table_name text;
begin
  foreach table_name in array array[
    'events', 'event_keys', 'event_types', 'event_followers', 'webhook_sources', 'webhook_requests', 'webhooks', 'webhook_minutes', 'delivery_queue', 'deliveries'] loop
    execute format('alter table %I enable row level security', table_name);
    execute format('alter table %I force row level security', table_name);
    execute format('create policy request on %I to interchange_request using (tenant_id = (select current_tenant())) with check (tenant_id = (select current_tenant()))', table_name);
    execute format('create policy system on %I to interchange_system using (true) with check (true)', table_name);
    execute format('grant select, insert, update, delete on %I to interchange_request, interchange_system', table_name);
  end loop;
  -- The writer inserts what arrives, of many tenants at once. Of the keys it must see which are taken.
  foreach table_name in array array['events', 'delivery_queue'] loop
    execute format('create policy writer on %I for insert to interchange_writer with check (true)', table_name);
    execute format('grant insert on %I to interchange_writer', table_name);
  end loop;
  create policy writer on event_keys to interchange_writer using (true) with check (true);
  grant select, insert, update on event_keys to interchange_writer;
end $$;
