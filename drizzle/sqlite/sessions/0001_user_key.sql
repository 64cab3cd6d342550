-- Five bytes of the hash of the user's id became four.
UPDATE `sliding_sessions` SET `user_key` = substr(`user_key`, 1, 4);
