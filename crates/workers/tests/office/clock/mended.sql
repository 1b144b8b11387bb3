update person set roles = 'dsl' where username = 'l.oak'
