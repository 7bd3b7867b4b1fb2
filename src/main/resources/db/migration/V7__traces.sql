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

-- the run's timeline: every span of every attempt, whatever back ends there are
create table span (
  run_id     uuid not null references run (id) on delete cascade,
  epoch      bigint not null,
  id         bigint not null, -- in the order of their beginnings
  parent     bigint not null, -- 0: none
  name       text not null,
  candidate  text not null,
  started_at timestamptz not null,
  ended_at   timestamptz, -- null: it was going on when its process ended
  error      text not null,
  primary key (run_id, epoch, id)
);
