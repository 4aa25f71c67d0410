-- Old history is found by its time, and so is what it keeps of deleted records.
CREATE INDEX event_at ON event (at_us);
CREATE INDEX event_deleted ON event (at_us) WHERE kind = 'deleted';
