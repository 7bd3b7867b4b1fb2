-- Events are written many at a time, so that the statement cannot tell who follows the run.
create function winnow_tell_event() returns trigger language plpgsql as $$
begin
  perform pg_notify('winnow_event', new.run_id::text);
  return null;
end $$;
create trigger winnow_event after insert on event for each row execute function winnow_tell_event();
