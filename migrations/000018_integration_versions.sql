-- What an integration was set to after each change: its settings without secrets, who changed it and when.
create table integration_versions (
  tenant_id uuid not null,
  integration_id uuid not null,
  -- The integration's revision.
  version integer not null,
  at timestamptz not null default now(),
  actor text not null,
  -- Names of the settings that differ from the version before.
  changed text[] not null,
  restored_from integer,
  settings jsonb not null,
  primary key (tenant_id, integration_id, version),
  foreign key (tenant_id, integration_id) references integrations (tenant_id, id) on delete cascade
);

insert into integration_versions (tenant_id, integration_id, version, at, actor, changed, settings)
select tenant_id, id, revision, updated_at, coalesce(metadata->>'createdBy', 'system'), '{}', jsonb_build_object(
  'name', name, 'description', description, 'connector', connector, 'type', kind, 'configuration', configuration, 'connection', connection,
  'dataHandling', data_handling, 'monitoring', monitoring, 'usage', usage, 'metadata', metadata - 'createdBy' - 'createdAt' - 'lastModified', 'credentialId', credential_id)
from integrations;

-- Inputs of operations that somebody kept, for others to try.
create table integration_examples (
  tenant_id uuid not null,
  id uuid not null,
  integration_id uuid not null,
  operation text not null,
  name text not null,
  input jsonb not null,
  created_by text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, integration_id, operation, name),
  foreign key (tenant_id, integration_id) references integrations (tenant_id, id) on delete cascade
);

alter table integration_versions enable row level security;
alter table integration_versions force row level security;
create policy request on integration_versions to interchange_request using (tenant_id = (select current_tenant())) with check (tenant_id = (select current_tenant()));
create policy system on integration_versions to interchange_system using (true) with check (true);
grant select, insert, update, delete on integration_versions to interchange_request, interchange_system;

alter table integration_examples enable row level security;
alter table integration_examples force row level security;
create policy request on integration_examples to interchange_request using (tenant_id = (select current_tenant())) with check (tenant_id = (select current_tenant()));
create policy system on integration_examples to interchange_system using (true) with check (true);
grant select, insert, update, delete on integration_examples to interchange_request, interchange_system;
