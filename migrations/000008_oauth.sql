-- Accounts connected by OAuth 2: at a vendor, by somebody who said yes there.

-- The client that a vendor knows the tenant by. Its secret is kept with the credentials.
create table oauth_clients (
  tenant_id uuid not null references tenants on delete cascade,
  -- A vendor that comes along, or a connector whose document says where to ask.
  vendor text not null,
  client_id text not null,
  has_secret boolean not null,
  -- { scopes, parameters, endpoints }
  settings jsonb not null default '{}',
  -- Of the operator's tenant: for all others too, where they have none of their own.
  shared boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, vendor)
);
create index oauth_clients_shared on oauth_clients (vendor) where shared;

-- What was granted for a field of a credential. Its tokens are in credential_tokens.
create table credential_grants (
  tenant_id uuid not null,
  credential_id text not null,
  field text not null,
  vendor text not null,
  -- Where and how to ask, as it was when it was granted.
  server jsonb not null,
  -- Whose row in oauth_clients.
  client_tenant_id uuid not null,
  scopes text[] not null,
  -- Of the product that a connect session was made for.
  end_user jsonb,
  -- What the vendor told along with the tokens: an instance's address, a workspace's name.
  detail jsonb not null default '{}',
  status text not null default 'connected' check (status in ('connected', 'error')),
  error text,
  connected_at timestamptz not null default now(),
  refreshed_at timestamptz,
  primary key (tenant_id, credential_id, field),
  foreign key (tenant_id, credential_id) references credentials on delete cascade
);
create index credential_grants_end_user on credential_grants (tenant_id, (end_user->>'id')) where end_user is not null;

-- For a product's own customers: a page of the hub, and the way back.
create table connect_sessions (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null,
  hash bytea not null,
  -- What to connect: { vendor, connector, field, credentialId, name, scopes }
  target jsonb not null,
  end_user jsonb,
  return_url text,
  status text not null default 'open' check (status in ('open', 'connected', 'failed')),
  credential_id text,
  created_by text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  primary key (tenant_id, id)
);
create unique index connect_sessions_hash on connect_sessions (hash);
create index connect_sessions_expiry on connect_sessions (expires_at);

-- Begun, and not come back yet.
create table oauth_authorizations (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null,
  kind text not null check (kind in ('code', 'device')),
  state_hash bytea,
  -- Which browser may come back: the one of this session, or the one with this cookie.
  session_id uuid,
  browser_hash bytea,
  connect_session_id uuid,
  target jsonb not null,
  server jsonb not null,
  client_tenant_id uuid not null,
  end_user jsonb,
  return_to text,
  -- The PKCE verifier or the device code, encrypted like a credential.
  secret jsonb not null,
  interval_seconds integer,
  next_poll_at timestamptz,
  created_by text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  credential_id text,
  primary key (tenant_id, id)
);
create unique index oauth_authorizations_state on oauth_authorizations (state_hash);
create index oauth_authorizations_expiry on oauth_authorizations (expires_at);

-- Where connect sessions may lead back to.
create table oauth_return_urls (
  tenant_id uuid not null references tenants on delete cascade,
  url text not null,
  primary key (tenant_id, url)
);

do $$
declare table_name text;
begin
  foreach table_name in array array['oauth_clients', 'credential_grants', 'connect_sessions', 'oauth_authorizations', 'oauth_return_urls'] loop
    execute format('alter table %I enable row level security', table_name);
    execute format('alter table %I force row level security', table_name);
    execute format('create policy request on %I to interchange_request using (tenant_id = (select current_tenant())) with check (tenant_id = (select current_tenant()))', table_name);
    execute format('create policy system on %I to interchange_system using (true) with check (true)', table_name);
    execute format('grant select, insert, update, delete on %I to interchange_request, interchange_system', table_name);
  end loop;
end $$;
