-- whoever submitted the run was in this span (W3C traceparent): the run's spans hang below it
alter table run add column traceparent text;

-- where the spans are: of each attempt to work on a run, and of its candidates and its decision
create table trace (
  run_id      uuid not null references run (id) on delete cascade,
  epoch       bigint not null, -- of the lease
  subject     text not null, -- run, decision, or a candidate's id
  traceparent text not null,
  url         text, -- for a person, where there is a template for it
  at          timestamptz not null default clock_timestamp(),
  primary key (run_id, epoch, subject)
);
