-- Processes that run jobs. One whose heartbeat lapsed has its jobs unlocked by the others.
create table workers (
  id uuid primary key,
  worker_ids text[] not null,
  heartbeat_at timestamptz not null default now()
);
alter table workers enable row level security;
alter table workers force row level security;
create policy system on workers to interchange_system using (true) with check (true);
grant select, insert, update, delete on workers to interchange_system;
