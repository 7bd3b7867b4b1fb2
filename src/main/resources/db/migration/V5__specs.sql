-- A request before it is a run. What is known of it stands in artifacts: assessment, planning, validation.
create table spec (
  id         uuid primary key,
  version    bigint not null default 1, -- of the row: goes up with every change
  status     text not null check (status in ('draft', 'validated', 'approved', 'rejected')),
  title      text not null,
  task       text not null,
  complexity text not null check (complexity in ('simple', 'standard', 'complex')),
  phases     jsonb not null,
  repository text, -- the directory that the request is about, if one was named
  submitter  text not null default '',
  owner      text not null default '',
  artifacts  jsonb not null,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp()
);
create index spec_owner on spec (owner, id desc);

-- the spec that a run implements; an interview is a run of kind interview, so that it has a journal and a ledger
alter table run add column spec_id uuid references spec (id) on delete set null;
create index run_spec on run (spec_id) where spec_id is not null;
