-- Roles. They belong to the cluster, so another database's migration may have made them already.
do $$
declare role_name text;
begin
  foreach role_name in array array['interchange_request', 'interchange_writer', 'interchange_system'] loop
    begin
      if not exists (select from pg_roles where rolname = role_name) then
        execute format('create role %I nologin nobypassrls', role_name);
      end if;
    exception when duplicate_object or unique_violation then null;
    end;
    -- Making a role does not suffice to take it on (Postgres 16). One that an administrator made and granted cannot be granted again.
    begin
      execute format('grant %I to current_user', role_name);
    exception when insufficient_privilege then
      if not pg_has_role(current_user, role_name, 'member') then raise; end if;
    end;
  end loop;
end $$;

-- The tenant that the connection works for; null where none is set, and null equals nothing.
create function current_tenant() returns uuid language sql stable parallel safe
  as $$ select nullif(current_setting('interchange.tenant', true), '')::uuid $$;

create table tenants (
  id uuid primary key,
  slug text not null unique check (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  name text not null,
  is_operator boolean not null default false,
  created_at timestamptz not null default now()
);

create table members (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null,
  email text not null,
  name text not null default '',
  role text not null check (role in ('owner', 'admin', 'developer', 'viewer')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id)
);
create unique index members_email on members (tenant_id, lower(email));

create table api_keys (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null,
  name text not null,
  hash bytea not null,
  prefix text not null,
  role text not null check (role in ('owner', 'admin', 'developer', 'viewer')),
  scopes text[],
  created_by text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  primary key (tenant_id, id)
);
create unique index api_keys_hash on api_keys (hash);

create table audit_log (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null,
  at timestamptz not null default now(),
  actor text not null,
  action text not null,
  target_type text not null,
  target_id text not null,
  detail jsonb not null default '{}',
  request_id text,
  primary key (tenant_id, id)
);

-- Data keys of a tenant, wrapped by the root key. The newest version encrypts, older ones still read.
create table tenant_keys (
  tenant_id uuid not null references tenants on delete cascade,
  version integer not null,
  wrapped bytea not null,
  root_key_id text not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, version)
);

create table credentials (
  tenant_id uuid not null references tenants on delete cascade,
  id text not null,
  name text not null,
  connector text not null,
  -- field name → { "v": key version, "t": kind when written, "c": base64 of nonce, ciphertext and tag }
  fields jsonb not null,
  revision integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id)
);

-- Access tokens fetched with a credential (OAuth 2 client credentials): encrypted like its fields.
create table credential_tokens (
  tenant_id uuid not null,
  credential_id text not null,
  token_key text not null,
  token jsonb,
  expires_at timestamptz,
  lease_until timestamptz,
  primary key (tenant_id, credential_id, token_key),
  foreign key (tenant_id, credential_id) references credentials on delete cascade
);

-- Connectors made from documents. The document itself is a blob.
create table connectors (
  tenant_id uuid not null references tenants on delete cascade,
  id text not null,
  kind text not null,
  name text not null,
  origin text not null,
  manifest jsonb not null,
  -- What the kind needs besides the manifest: servers and security schemes for OpenAPI.
  detail jsonb not null,
  document_blob uuid not null,
  document_sha256 text not null,
  revision integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id)
);

create table connector_operations (
  tenant_id uuid not null,
  connector_id text not null,
  id text not null,
  position integer not null,
  summary json not null,
  -- The operation with everything it refers to; filled when it is first used.
  resolved json,
  primary key (tenant_id, connector_id, id),
  foreign key (tenant_id, connector_id) references connectors on delete cascade
);

create table integrations (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null,
  name text not null,
  description text not null default '',
  connector text not null,
  kind text not null,
  configuration jsonb not null default '{}',
  connection jsonb not null default '{}',
  data_handling jsonb not null default '{}',
  monitoring jsonb not null default '{}',
  usage jsonb not null default '{}',
  metadata jsonb not null default '{}',
  credential_id text,
  connection_status text not null default 'inactive' check (connection_status in ('active', 'inactive', 'error')),
  connection_error text,
  supported_events jsonb not null default '[]',
  last_validated timestamptz,
  next_health_check timestamptz,
  revision integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, credential_id) references credentials
);
create index integrations_connector on integrations (tenant_id, connector);
create index integrations_credential on integrations (tenant_id, credential_id);
create index integrations_health_due on integrations (next_health_check) where next_health_check is not null;

create table health_checks (
  tenant_id uuid not null,
  integration_id uuid not null,
  id uuid not null,
  at timestamptz not null,
  healthy boolean not null,
  latency_ms double precision not null,
  detail text not null,
  primary key (tenant_id, integration_id, id),
  foreign key (tenant_id, integration_id) references integrations on delete cascade
);

create table alert_firings (
  tenant_id uuid not null,
  integration_id uuid not null,
  id uuid not null,
  alert text not null,
  at timestamptz not null,
  resolved_at timestamptz,
  value double precision not null,
  message text not null,
  primary key (tenant_id, integration_id, id),
  foreign key (tenant_id, integration_id) references integrations on delete cascade
);
create unique index alert_firings_open on alert_firings (tenant_id, integration_id, alert) where resolved_at is null;

-- One row a run. Ids are UUIDv7, so that a range of ids is a range of time: partitions are days.
create table executions (
  tenant_id uuid not null,
  id uuid not null,
  integration_id uuid not null,
  operation text not null,
  status text not null check (status in ('succeeded', 'failed', 'refused')),
  started_at timestamptz not null,
  latency_ms real not null,
  error_code text,
  size_bytes integer not null,
  -- Design B's IntegrationExecution: { request, response, metrics, error }
  record json not null,
  primary key (tenant_id, id)
) partition by range (id);
-- Postgres' own compression costs more time than it saves space.
alter table executions alter column record set storage external;
create index executions_integration on executions (tenant_id, integration_id, id);

-- Measured figures, a row a minute and integration: what metrics, alerts and quotas are made of.
create table integration_minutes (
  tenant_id uuid not null,
  integration_id uuid not null,
  minute timestamptz not null,
  succeeded integer not null default 0,
  failed integer not null default 0,
  refused integer not null default 0,
  latency_ms_sum double precision not null default 0,
  -- Calls by latency; the bounds are in integrations/figures.ts.
  latency_counts integer[] not null,
  stored_bytes bigint not null default 0,
  primary key (tenant_id, integration_id, minute)
);

create table blobs (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null,
  content_type text not null,
  size_bytes bigint not null,
  sha256 text not null,
  filename text,
  integration_id uuid,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id)
);
create index blobs_integration on blobs (tenant_id, integration_id, created_at) where integration_id is not null;

create table idempotency_keys (
  tenant_id uuid not null references tenants on delete cascade,
  key text not null,
  request_hash bytea not null,
  status integer,
  body json,
  created_at timestamptz not null default now(),
  primary key (tenant_id, key)
);
create index idempotency_keys_age on idempotency_keys (created_at);

-- Processes that run jobs. One whose heartbeat lapsed has its jobs unlocked by the others.
create table workers (
  id uuid primary key,
  worker_ids text[] not null,
  heartbeat_at timestamptz not null default now()
);

-- Row-level security: a request sees its tenant's rows; the writer inserts only; the system sees all.
do $$
declare table_name text;
begin
  grant usage on schema public to interchange_request, interchange_writer, interchange_system;
  foreach table_name in array array[
    'members', 'api_keys', 'audit_log', 'tenant_keys', 'credentials', 'credential_tokens', 'connectors', 'connector_operations',
    'integrations', 'health_checks', 'alert_firings', 'executions', 'integration_minutes', 'blobs', 'idempotency_keys'] loop
    execute format('alter table %I enable row level security', table_name);
    execute format('alter table %I force row level security', table_name);
    execute format('create policy request on %I to interchange_request using (tenant_id = (select current_tenant())) with check (tenant_id = (select current_tenant()))', table_name);
    execute format('create policy system on %I to interchange_system using (true) with check (true)', table_name);
    execute format('grant select, insert, update, delete on %I to interchange_request, interchange_system', table_name);
  end loop;
  alter table tenants enable row level security;
  alter table tenants force row level security;
  create policy request on tenants to interchange_request using (id = (select current_tenant())) with check (id = (select current_tenant()));
  create policy system on tenants to interchange_system using (true) with check (true);
  grant select, update on tenants to interchange_request;
  grant select, insert, update, delete on tenants to interchange_system;
  alter table workers enable row level security;
  alter table workers force row level security;
  create policy system on workers to interchange_system using (true) with check (true);
  grant select, insert, update, delete on workers to interchange_system;
  create policy writer on executions for insert to interchange_writer with check (true);
  grant insert on executions to interchange_writer;
end $$;
-- History is written, never rewritten.
revoke update, delete on audit_log from interchange_request;
