-- Linked records are counted from the index alone, which tells of each what its condition asks for.
DROP INDEX link_record;
CREATE INDEX link_record ON link (mapping, id, life) WHERE life = 'live' AND id IS NOT NULL;
