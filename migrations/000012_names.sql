-- Flows call integrations by name.
create index integrations_name on integrations (tenant_id, name);
