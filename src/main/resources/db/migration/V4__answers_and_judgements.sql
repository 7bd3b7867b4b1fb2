-- what an agent answered in a run of kind answer, whole
alter table candidate add column answer text;
-- a model judge's verdicts, in both orders, as the decision rests on them
alter table run add column judgement jsonb;
