-- Signing in: users over all tenants, their sessions, and the links that let somebody in.

create table users (
  id uuid primary key,
  email text not null,
  -- Known to be the user's own: from the operator, or from a provider that the operator trusts.
  email_verified boolean not null default false,
  name text not null default '',
  -- scrypt; null where only a provider signs the user in.
  password text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create unique index users_email on users (lower(email));

-- Who a user is to OpenID Connect providers.
create table user_identities (
  issuer text not null,
  subject text not null,
  user_id uuid not null references users on delete cascade,
  created_at timestamptz not null default now(),
  primary key (issuer, subject)
);
create index user_identities_user on user_identities (user_id);

-- A member who signed in once, or was let in by a link, is a user. Until then he is an address alone.
alter table members add column user_id uuid references users;
create unique index members_user on members (tenant_id, user_id);
create index members_of_user on members (user_id) where user_id is not null;

-- Of a user, or of somebody who gave an API key instead.
create table sessions (
  id uuid primary key,
  hash bytea not null,
  user_id uuid references users on delete cascade,
  key_tenant_id uuid,
  key_id uuid,
  via text not null check (via in ('password', 'key', 'link', 'openid')),
  address text not null,
  user_agent text not null default '',
  created_at timestamptz not null default now(),
  last_used_at timestamptz not null default now(),
  expires_at timestamptz not null,
  foreign key (key_tenant_id, key_id) references api_keys on delete cascade,
  check ((user_id is null) <> (key_id is null))
);
create unique index sessions_hash on sessions (hash);
create index sessions_user on sessions (user_id);
create index sessions_key on sessions (key_tenant_id, key_id);
create index sessions_expiry on sessions (expires_at);

-- Good once: the first owner's welcome, invitations, new passwords.
create table sign_in_links (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null,
  kind text not null check (kind in ('welcome', 'invitation', 'password')),
  hash bytea not null,
  email text,
  role text check (role in ('owner', 'admin', 'developer', 'viewer')),
  -- Whose password.
  member_id uuid,
  created_by text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  used_at timestamptz,
  revoked_at timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, member_id) references members on delete cascade
);
create unique index sign_in_links_hash on sign_in_links (hash);

do $$
declare table_name text;
begin
  -- No tenant's: requests reach them through the hub's own work alone.
  foreach table_name in array array['users', 'user_identities', 'sessions'] loop
    execute format('alter table %I enable row level security', table_name);
    execute format('alter table %I force row level security', table_name);
    execute format('create policy system on %I to interchange_system using (true) with check (true)', table_name);
    execute format('grant select, insert, update, delete on %I to interchange_system', table_name);
  end loop;
  alter table sign_in_links enable row level security;
  alter table sign_in_links force row level security;
  create policy request on sign_in_links to interchange_request using (tenant_id = (select current_tenant())) with check (tenant_id = (select current_tenant()));
  create policy system on sign_in_links to interchange_system using (true) with check (true);
  grant select, insert, update, delete on sign_in_links to interchange_request, interchange_system;
end $$;
