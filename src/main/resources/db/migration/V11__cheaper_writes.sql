-- A statement that notifies holds a lock of the whole database until its commit is on disk, so all that notified went one
-- after the other. Whoever writes tells it afterwards now, in a statement of its own (Announcements).
drop trigger winnow_event on event;
drop function winnow_tell_event();
drop trigger winnow_due on scheduled_tasks;
drop function winnow_tell_due();

-- Nobody deletes a run, and each write of these looks at the run's row in any case, for the lease.
alter table step drop constraint step_run_id_fkey;
alter table event drop constraint event_run_id_fkey;
alter table ledger drop constraint ledger_run_id_fkey;

-- That a step is settled once is what the lease is for. With this index the end of each step wrote every index of the row
-- again; without it, and with room on the page, none.
drop index step_settled;
alter table step set (fillfactor = 60);
alter table ledger set (fillfactor = 60);

-- one index instead of two: an entry is always asked for with its run
alter table ledger drop constraint ledger_pkey;
alter table ledger add primary key (run_id, id);
drop index ledger_of_run;
