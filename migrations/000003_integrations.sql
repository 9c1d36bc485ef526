-- Each health check has its own interval and its own last result: { "due", "failure" } by its position in monitoring.healthChecks.
alter table integrations add column health_state jsonb not null default '[]';
alter table health_checks add column name text not null default 'connection';

-- Whether the credential was made with the integration and is changed with it, rather than chosen by its id.
alter table integrations add column owns_credential boolean not null default false;

-- The tables' owner is under their policies too.
set local role interchange_system;
update health_checks set name = left(detail, strpos(detail, ': ') - 1), detail = substr(detail, strpos(detail, ': ') + 2) where detail like '%: %';
update integrations i set owns_credential = true
where credential_id is not null and not exists (
  select from integrations other where other.tenant_id = i.tenant_id and other.credential_id = i.credential_id and other.id <> i.id);
reset role;
