-- Servers remember for a moment whom a credential belongs to; what ends or lessens one tells them to forget.
create function winnow_tell_credential() returns trigger language plpgsql as $$
begin
  perform pg_notify('winnow_credential', '');
  return null;
end $$;
-- used_at is written all the time, and changes nothing
create trigger winnow_credential after delete or update of ended_at, expires_at, role, account on credential
  for each statement execute function winnow_tell_credential();
create trigger winnow_account after delete or update on account
  for each statement execute function winnow_tell_credential();

-- the list of runs in one state, which may be few among many
create index run_by_outcome on run (outcome, id desc);
