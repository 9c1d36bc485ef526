-- Questions that runs of flows put to people: whoever has the link may answer, once. Only the link's hash is stored.
create table flow_approvals (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null,
  hash bytea not null,
  run_id uuid not null,
  -- What is asked about, where a run asks more than once.
  subject text not null,
  title text not null,
  detail text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  answered_at timestamptz,
  answer text check (answer in ('given', 'denied')),
  primary key (tenant_id, id)
);
create unique index flow_approvals_hash on flow_approvals (hash);
create index flow_approvals_expiry on flow_approvals (expires_at);

alter table flow_approvals enable row level security;
alter table flow_approvals force row level security;
create policy request on flow_approvals to interchange_request using (tenant_id = (select current_tenant())) with check (tenant_id = (select current_tenant()));
create policy system on flow_approvals to interchange_system using (true) with check (true);
grant select, insert, update, delete on flow_approvals to interchange_request, interchange_system;
