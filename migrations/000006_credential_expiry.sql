-- When a credential ends at the service that gave it, as far as its owner says so, and for which such end he was warned.
alter table credentials
  add column expires_at timestamptz,
  add column expiry_told timestamptz;
create index credentials_expiry on credentials (expires_at) where expires_at is not null;
