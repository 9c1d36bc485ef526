-- Agents: a model with instructions and tools. What a run of one does is a flow of the namespace `agents`, a version for each change.
create table agents (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null,
  name text not null,
  settings jsonb not null,
  -- Of its flow.
  version text not null,
  revision integer not null default 1,
  created_by text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, name)
);

alter table agents enable row level security;
alter table agents force row level security;
create policy request on agents to interchange_request using (tenant_id = (select current_tenant())) with check (tenant_id = (select current_tenant()));
create policy system on agents to interchange_system using (true) with check (true);
grant select, insert, update, delete on agents to interchange_request, interchange_system;
